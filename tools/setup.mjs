// Makes a fresh clone ready: packages when they are missing or older than the lock file, then the bundle when a source is newer.
// Plain Node, because it runs before anything is installed. Says nothing when there is nothing to do; several at once wait for each other.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// Outside of the checkout: `npm ci` empties node_modules, and the checkout stays clean.
const lock = join(tmpdir(), `canary-setup-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`);

function timeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** npm writes this file last: without it an installation was cut off. */
function packagesAreStale() {
  return timeOf(join(root, 'node_modules/.package-lock.json')) < timeOf(join(root, 'package-lock.json'));
}

function newest(path) {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (!entry) return 0;
  if (!entry.isDirectory()) return entry.mtimeMs;
  // A folder's own time tells of files that are gone.
  return Math.max(entry.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function bundleIsStale() {
  const sources = ['src', 'examples/podinfo', 'tools/build.mjs', 'package-lock.json'].map((name) => newest(join(root, name)));
  return timeOf(join(root, 'dist/meta.json')) < Math.max(...sources);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** A lock that its owner did not live to give back is taken away. */
function isAbandoned() {
  try {
    return !isAlive(Number(readFileSync(join(lock, 'pid'), 'utf8')));
  } catch {
    // Not written yet, or just given back: only an old one is nobody's.
    return Date.now() - timeOf(lock) > 10_000 && timeOf(lock) > 0;
  }
}

function take() {
  for (;;) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, 'pid'), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned()) rmSync(lock, { recursive: true, force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
}

function installPackages() {
  process.stderr.write('installing packages (npm ci) …\n');
  const { status, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`npm ci ended with ${status}`);
}

async function setUp() {
  if (packagesAreStale()) installPackages();
  if (!bundleIsStale()) return;
  const { buildDist } = await import('./build.mjs');
  await buildDist();
}

if (packagesAreStale() || bundleIsStale()) {
  take();
  try {
    await setUp();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}
