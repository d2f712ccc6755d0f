// The real command as a process, and what such tests stand on: files, an API server that always says the same, a kubeconfig.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'canary-spawned-'));

/** Builds what `bin/` starts. */
export function setUp(): void {
  const { status, stderr } = spawnSync('node', [join(root, 'tools/setup.mjs')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

export function tidyUp(): void {
  rmSync(folder, { recursive: true });
}

export interface Ended {
  code: number | null;
  signal: string | null;
  out: string;
  err: string;
}

export interface Start {
  env?: Record<string, string>;
  bin?: string;
  onOut?(text: string, child: ChildProcess): void;
}

export async function canary(argv: readonly string[], start: Start = {}): Promise<Ended> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, ...start.env };
  const child = spawn('node', [join(root, 'bin', start.bin ?? 'canary.js'), ...argv], {
    env,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (part: Buffer) => {
    out += part.toString();
    start.onOut?.(out, child);
  });
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, out, err })));
}

export function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** An API server that says the same to everything, or something new each time. */
export async function answering<T>(status: number, body: object | (() => object), use: (kubeconfig: string) => Promise<T>): Promise<T> {
  const server: Server = createServer((_, reply) =>
    reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(typeof body === 'function' ? body() : body)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(kubeconfig((server.address() as AddressInfo).port));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function kubeconfig(port: number): string {
  return file(
    `kubeconfig-${port}`,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'here',
      clusters: [{ name: 'here', cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: 'ana', user: { token: 'not-a-secret' } }],
      contexts: [{ name: 'here', context: { cluster: 'here', user: 'ana' } }],
    }),
  );
}
