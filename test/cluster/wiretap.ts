// Stands between a command and the API server: sees every request, and lets a test hold one back, or its answer. It changes nothing by itself.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Cluster } from './cluster.ts';
import { closed } from './neighbours.ts';

export interface Tapped {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body: string;
}

/** What happens to a request: it and its answer pass; or the answer is never given; or it never arrives. */
export type Fate = 'pass' | 'unanswered' | 'lost';

export interface Wiretap {
  /** In place of the API server's address. */
  readonly url: string;
  close(): Promise<void>;
}

export interface Taps {
  /** Asked before a request goes on; may wait as long as it likes. */
  before?(request: Tapped): Fate | Promise<Fate>;
  /** Told what the API server said, before the command hears it; may wait as long as it likes. */
  after?(request: Tapped, status: number): void | Promise<void>;
}

/** `driver` is added to the user agent, so that the audit log tells one process from another. */
export async function tap(cluster: Cluster, driver: string, taps: Taps): Promise<Wiretap> {
  const agent = new https.Agent({ keepAlive: true, ca: cluster.ca });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const tapped = { method: request.method ?? 'GET', path: request.url ?? '/', body: Buffer.concat(chunks).toString() };
      void pass({ cluster, agent, driver, taps }, { tapped, request, response }).catch(() => response.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      await closed(server);
      agent.destroy();
    },
  };
}

interface Line {
  readonly cluster: Cluster;
  readonly agent: https.Agent;
  readonly driver: string;
  readonly taps: Taps;
}

interface Passing {
  readonly tapped: Tapped;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function pass({ cluster, agent, driver, taps }: Line, { tapped, request, response }: Passing): Promise<void> {
  const fate = (await taps.before?.(tapped)) ?? 'pass';
  if (fate === 'lost') return;
  const { host: _, connection: __, ...headers } = request.headers;
  const named = { ...headers, 'user-agent': `${headers['user-agent'] ?? 'canary'} ${driver}` };
  const options = { method: tapped.method, headers: named, agent };
  await new Promise<void>((resolve, reject) => {
    const onward = https.request(`${cluster.server}${tapped.path}`, options, (answer) => {
      void (async () => {
        await taps.after?.(tapped, answer.statusCode ?? 0);
        if (fate === 'unanswered') return void answer.resume();
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        answer.on('error', () => response.destroy());
      })().then(resolve, reject);
    });
    // A watch that its asker gave up is given up here, too; a write that is on its way arrives.
    if (tapped.method === 'GET') response.on('close', () => onward.destroy());
    onward.on('error', reject);
    onward.end(tapped.body || undefined);
  });
}
