// `npm run test:cluster` and `npm run test:traffic`: bundles the ring's main.ts, which starts what its tests run on and then the tests, and runs
// it. Words after `--` choose test files, as jest does.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const [ring = '', ...words] = process.argv.slice(2);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outdir = join(root, '.cache', ring);
// A ring's client for its own load is a process of its own.
const entries = [`test/${ring}/main.ts`, `test/${ring}/load/client.ts`].filter((file) => existsSync(join(root, file)));

mkdirSync(outdir, { recursive: true });
await build({
  absWorkingDir: root,
  entryPoints: entries,
  bundle: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  outdir,
  entryNames: '[name]',
  outExtension: { '.js': '.mjs' },
  logLevel: 'warning',
});
const child = spawn(process.execPath, [join(outdir, 'main.mjs'), root, ...words], { cwd: root, stdio: 'inherit' });
// A Ctrl-C reaches the child by itself; a plain kill does not.
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
process.on('SIGINT', () => undefined);
child.on('close', (code, signal) => (process.exitCode = signal ? 1 : (code ?? 1)));
