// A loopback server for the tests of this room: it answers as told and keeps what it was asked.
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Loopback {
  readonly url: string;
  readonly port: number;
  readonly asked: IncomingMessage[];
  close(): Promise<void>;
}

export async function serve(listener: RequestListener, server: Server = createServer()): Promise<Loopback> {
  const asked: IncomingMessage[] = [];
  server.on('request', (request, response) => {
    asked.push(request);
    void listener(request, response);
  });
  // A tunnel is no longer the server's own connection: it would hold `close` for ever.
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export async function read(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
