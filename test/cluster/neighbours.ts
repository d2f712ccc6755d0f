// Everything outside the API server that a release talks to, on loopback: the scripted Prometheus and webhooks of test/support, reached as an HTTP
// proxy for whatever host is named, so that files with in-cluster addresses work unchanged.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Headers, Wire } from '../../src/ports.ts';
import { scripted, type Script, type ScriptedWorld } from '../support/script.ts';

export interface Neighbours {
  /** For HTTP_PROXY, and as a Prometheus. */
  readonly url: string;
  readonly script: ScriptedWorld;
  close(): Promise<void>;
}

/** `told` sees each request with what it was answered; a lab's own look at the world, in order. `before` is waited for before one is answered. */
export async function startNeighbours(
  script: Script,
  told: (wire: Wire, status: number, reply: string) => void = () => undefined,
  before: (wire: Wire) => void | Promise<void> = () => undefined,
): Promise<Neighbours> {
  const world = scripted(script);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`).href;
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])) as Headers;
      const body = Buffer.concat(chunks).toString();
      const wire: Wire = { method: (request.method ?? 'GET') as Wire['method'], url, headers, ...(body ? { body } : {}) };
      void Promise.resolve(before(wire))
        .then(() => answer(world, wire))
        .then(({ status, text }) => {
          told(wire, status, text);
          response.writeHead(status, { 'content-type': 'application/json' }).end(text);
        });
    });
  });
  // A tunnel, which clients open through a proxy for plain HTTP, too, ends here: its requests are answered like all others.
  server.on('connect', (_, socket) => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    server.emit('connection', socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, script: world, close: () => closed(server) };
}

async function answer(world: ScriptedWorld, wire: Wire): Promise<{ status: number; text: string }> {
  try {
    const reply = await world.send(wire, new AbortController().signal);
    let text = '';
    for await (const chunk of reply.body) text += new TextDecoder().decode(chunk);
    return { status: reply.status, text };
  } catch (error) {
    return { status: 502, text: error instanceof Error ? error.message : String(error) };
  }
}

export function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
