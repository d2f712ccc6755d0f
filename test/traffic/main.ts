// `npm run test:traffic`: builds and installs what is needed, closes the network, and in a namespace of its own starts a control plane, a node whose
// pods are processes, a proxy, a Prometheus, and the tests on them. `-- --long`: more kills. Run by tools/ring.mjs.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireProxyKinds } from '../cluster/crds.ts';
import { startBench } from './start.ts';
import { programs, requireCommands, requireNamespaces, type Programs } from './programs.ts';
import { left, type Figure } from './figures.ts';
import { markdownTables, plainTables, withTables } from './table.ts';

/** Handed from outside the namespace to inside it. */
interface Inside {
  readonly programs: Programs;
  readonly folder: string;
  readonly client: string;
}

const self = fileURLToPath(import.meta.url);
const [root = '.', ...words] = process.argv.slice(2);
const handed = process.env['CANARY_TRAFFIC_INSIDE'];

/** Everything that asks other machines: nothing does, once the namespace is entered. */
async function outside(): Promise<number> {
  requireCommands();
  const flags = requireNamespaces();
  const built = programs(root);
  requireProxyKinds();
  const folder = mkdtempSync(join(tmpdir(), 'canary-traffic-'));
  const what: Inside = { programs: built, folder, client: join(dirname(self), 'client.mjs') };
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/_proxy$/i.test(name)));
  const argv = [...flags, process.execPath, self, root, ...words];
  const child = spawn('unshare', argv, { cwd: root, stdio: 'inherit', env: { ...env, CANARY_TRAFFIC_INSIDE: JSON.stringify(what) } });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill('SIGTERM'));
  const code = await new Promise<number>((resolve) => child.on('close', (ended) => resolve(ended ?? 1)));
  const figures = join(folder, 'figures.jsonl');
  if (existsSync(figures)) report(left(figures), code === 0);
  if (code === 0) rmSync(folder, { recursive: true, force: true });
  else process.stdout.write(`logs and records of requests stay in ${folder}\n`);
  return code;
}

async function inside(what: Inside): Promise<number> {
  openNetwork();
  const long = words.includes('--long');
  const file = join(what.folder, 'bench.json');
  const bench = await startBench({ ...what, kills: long ? 40 : 12 });
  writeFileSync(file, JSON.stringify(bench), { mode: 0o600 });
  const config = ['--config', 'jest.traffic.config.mjs', ...words.filter((word) => !word.startsWith('--'))];
  const argv = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', ...config];
  const child = spawn(process.execPath, argv, { cwd: root, stdio: 'inherit', env: { ...process.env, CANARY_BENCH: file } });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  // The namespace ends with this process, and with it every process in it.
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}

/** Printed; with --write, and where all is well, put into the page. */
function report(figures: readonly Figure[], isWell: boolean): void {
  process.stdout.write(plainTables(figures));
  if (!words.includes('--write') || !isWell) return;
  const page = join(root, 'docs/traffic.md');
  writeFileSync(page, withTables(readFileSync(page, 'utf8'), markdownTables(figures)));
}

/** Loopback, and the pods' network as addresses of this machine. */
function openNetwork(): void {
  for (const argv of [
    ['link', 'set', 'lo', 'up'],
    ['route', 'add', 'local', '10.244.0.0/16', 'dev', 'lo'],
  ]) {
    const { status, stderr } = spawnSync('ip', argv, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`ip ${argv.join(' ')}: ${stderr}`);
  }
}

(handed === undefined ? outside() : inside(JSON.parse(handed) as Inside)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
