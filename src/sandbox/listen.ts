// The sandbox's API server over loopback HTTP, so that kubectl, curl and other processes meet it. For scaled clocks only: over sockets
// nobody knows when the event loop is idle.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Headers, Send, Wire } from '../ports.ts';

export interface Listening {
  readonly url: string;
  /** The text of a kubeconfig with this server as its only context. */
  readonly kubeconfig: string;
  close(): Promise<void>;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
// As much as the real server takes.
const LARGEST_BODY = 3 * 1024 * 1024;

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function headersOf(request: IncomingMessage): Headers {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
}

async function serve(api: Send, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = METHODS.find((one) => one === request.method);
  const body = await bodyOf(request);
  if (method === undefined || body === undefined) {
    response.writeHead(method === undefined ? 405 : 413).end();
    return;
  }
  const closed = new AbortController();
  response.on('close', () => closed.abort());
  const wire: Wire = { method, url: request.url ?? '/', headers: headersOf(request), ...(body === '' ? {} : { body }) };
  const reply = await api(wire, closed.signal);
  response.writeHead(reply.status, reply.headers);
  response.flushHeaders();
  for await (const chunk of reply.body) {
    if (!response.write(chunk)) await new Promise<void>((resolve) => response.once('drain', resolve).once('close', resolve));
    if (closed.signal.aborted) return;
  }
  response.end();
}

function kubeconfig(url: string): string {
  return `apiVersion: v1
kind: Config
current-context: sandbox
clusters:
  - name: sandbox
    cluster:
      server: ${url}
users:
  - name: sandbox
    user: {}
contexts:
  - name: sandbox
    context:
      cluster: sandbox
      user: sandbox
      namespace: default
`;
}

export async function listen(api: Send): Promise<Listening> {
  const server = createServer((request, response) => {
    serve(api, request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  // The world has its own date.
  server.on('request', (_, response) => void (response.sendDate = false));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url, kubeconfig: kubeconfig(url), close };
}
