// The sandbox's API server over loopback HTTP, so that kubectl, curl and other processes meet it. The same door leads to the neighbours: by
// their paths, or as an HTTP proxy by their names. For scaled clocks only: over sockets nobody knows when the event loop is idle.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Headers, Send, Wire } from '../ports.ts';
import { forPeople } from './door.ts';

export interface Listening {
  readonly url: string;
  /** The text of a kubeconfig with this server as its only context. */
  readonly kubeconfig: string;
  close(): Promise<void>;
}

export interface ListenOptions {
  /** A free one when left out. */
  readonly port?: number;
  /** What answers at other hosts, for clients that use this server as their HTTP proxy. */
  readonly http?: Send;
  /** By the first part of the path: 'prometheus' answers below /prometheus. */
  readonly neighbours?: Readonly<Record<string, Send>>;
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
  // What is no text goes on as one character a byte.
  const isBinary = request.headers['content-type']?.includes('protobuf') === true;
  return Buffer.concat(chunks).toString(isBinary ? 'latin1' : 'utf8');
}

function headersOf(request: IncomingMessage): Headers {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
}

interface Route {
  readonly send: Send;
  readonly url: string;
}

/** What an API server hands on to a Service, as the address that the Service has. */
function behindService(path: string): string | undefined {
  const found = /^\/api\/v1\/namespaces\/([^/]+)\/services\/(https?:)?([^/:]+)(?::(\d+))?\/proxy(\/[^?]*)?(\?.*)?$/.exec(path);
  if (!found) return undefined;
  const [, namespace, scheme = 'http:', name, port, rest = '/', query = ''] = found;
  return `${scheme}//${name}.${namespace}${port === undefined ? '' : `:${port}`}${rest}${query}`;
}

/** Our own address is the API server's; any other host that is asked for is a neighbour's. */
function routeOf(request: IncomingMessage, api: Send, { http, neighbours = {} }: ListenOptions): Route {
  const asked = request.url ?? '/';
  const { localPort } = request.socket;
  const url = new URL(asked, `http://${request.headers.host ?? 'localhost'}`);
  const isOurs = [`127.0.0.1:${localPort}`, `localhost:${localPort}`].includes(url.host);
  if (!isOurs && http) return { send: http, url: url.href };
  const path = `${url.pathname}${url.search}`;
  const inside = http && behindService(path);
  if (inside) return { send: http, url: inside };
  const [, first = '', rest = ''] = /^\/([^/?]+)(.*)$/.exec(path) ?? [];
  const neighbour = Object.hasOwn(neighbours, first) ? neighbours[first] : undefined;
  return neighbour ? { send: neighbour, url: `http://${first}${rest.startsWith('/') ? '' : '/'}${rest}` } : { send: api, url: path };
}

async function serve(route: (request: IncomingMessage) => Route, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = METHODS.find((one) => one === request.method);
  const body = await bodyOf(request);
  if (method === undefined || body === undefined) {
    response.writeHead(method === undefined ? 405 : 413).end();
    return;
  }
  const closed = new AbortController();
  response.on('close', () => closed.abort());
  const { send, url } = route(request);
  const wire: Wire = { method, url, headers: headersOf(request), ...(body === '' ? {} : { body }) };
  const reply = await send(wire, closed.signal).catch((error: unknown) => {
    if (isRefused(error)) return undefined;
    throw error;
  });
  if (!reply) {
    response.writeHead(502, { 'content-type': 'text/plain' }).end(`nobody answers at ${url} in the sandbox\n`);
    return;
  }
  response.writeHead(reply.status, reply.headers);
  response.flushHeaders();
  for await (const chunk of reply.body) {
    if (!response.write(chunk)) await new Promise<void>((resolve) => response.once('drain', resolve).once('close', resolve));
    if (closed.signal.aborted) return;
  }
  response.end();
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
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

/** A tunnel leads back here: what comes through it is plain HTTP, for the host that each request names. */
function serveTunnels(server: Server): void {
  server.on('connect', (_, socket: Socket) => {
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    server.emit('connection', socket);
  });
}

export async function listen(send: Send, options: ListenOptions = {}): Promise<Listening> {
  const api = forPeople(send);
  const route = (request: IncomingMessage): Route => routeOf(request, api, options);
  const server = createServer((request, response) => {
    serve(route, request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  // The world has its own date.
  server.on('request', (_, response) => void (response.sendDate = false));
  if (options.http) serveTunnels(server);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url, kubeconfig: kubeconfig(url), close };
}
