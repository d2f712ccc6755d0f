// Debian's Prometheus as a process of our own, on loopback, with a folder that goes with it. It must not know what it is asked.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { requirePackage } from '../../support/packages.ts';

export interface Target {
  readonly job: string;
  /** host:port */
  readonly address: string;
  readonly path: string;
  readonly parameters?: Readonly<Record<string, readonly string[]>>;
}

export interface Started {
  readonly url: string;
  readonly version: string;
  stop(): Promise<void>;
}

/** Installs the package where neither command is there; throws where that cannot be done either. */
export function requirePrometheus(): void {
  requirePackage('prometheus', ['prometheus', 'promtool']);
}

/** `history`: OpenMetrics text that is in its store from the beginning. */
export async function startPrometheus({ targets, history }: { targets: readonly Target[]; history: string }): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), 'canary-prometheus-'));
  const port = await freePort();
  try {
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(configuration(targets)));
    backfill(folder, history);
    const args = [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ];
    const child = spawn('prometheus', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const said: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    const stop = async (): Promise<void> => {
      await ended(child);
      rmSync(folder, { recursive: true, force: true });
    };
    const url = `http://127.0.0.1:${port}`;
    await untilReady(url, child).catch(async (error: unknown) => {
      await stop();
      throw new Error(`${String(error)}\n${said.join('').slice(-2000)}`);
    });
    const version = execFileSync('prometheus', ['--version'], { encoding: 'utf8' }).split(/[ ,]+/)[2] ?? '';
    return { url, version, stop };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** YAML reads JSON. The sandbox has a clock of its own, so samples get the time that they were scraped at. */
function configuration(targets: readonly Target[]): object {
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: targets.map(({ job, address, path, parameters = {} }) => ({
      job_name: job,
      honor_labels: true,
      honor_timestamps: false,
      metrics_path: path,
      params: parameters,
      static_configs: [{ targets: [address] }],
    })),
  };
}

function backfill(folder: string, history: string): void {
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'history.txt'), history);
  const args = ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', join(folder, 'history.txt'), join(folder, 'data')];
  execFileSync('promtool', args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (child.exitCode !== null) throw new Error(`prometheus ended with ${child.exitCode}`);
    const ready = await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
    await pause(100);
  }
  throw new Error('prometheus was not ready within 30 s');
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    // Nothing of it is kept, so it need not put its store in order.
    child.kill('SIGKILL');
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
