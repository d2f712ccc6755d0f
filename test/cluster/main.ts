// `npm run test:cluster`: a control plane, everything around it, the tests on it, and tables of what they measured. Run by tools/ring.mjs.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binaries } from './binaries.ts';
import { startControlPlane, type ControlPlane } from './control-plane.ts';
import { installRoutingKinds } from './crds.ts';
import { left } from './figures.ts';
import { useForeign } from './foreign.ts';
import { startKubelet } from './kubelet.ts';
import { tables } from './tables.ts';

const [root = '.', ...chosen] = process.argv.slice(2);

async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'canary-cluster-'));
  let code = 1;
  try {
    code = await onCluster(await clusterIn(folder), folder);
    return code;
  } finally {
    // What the servers said is of use only where something went wrong.
    if (code === 0 || !readdirSync(folder).length) rmSync(folder, { recursive: true, force: true });
    else process.stdout.write(`the control plane's logs stay in ${folder}\n`);
  }
}

async function clusterIn(folder: string): Promise<ControlPlane> {
  const own = process.env['CANARY_TEST_KUBECONFIG'];
  return own ? useForeign(own, folder) : startControlPlane(binaries(root), folder);
}

async function onCluster({ cluster, stop }: ControlPlane, folder: string): Promise<number> {
  let kubelet: { stop(): void } | undefined;
  try {
    await installRoutingKinds(cluster);
    kubelet = await startKubelet(cluster);
    writeFileSync(cluster.figures, '');
    const file = join(folder, 'cluster.json');
    writeFileSync(file, JSON.stringify(cluster), { mode: 0o600 });
    if (cluster.foreign)
      process.stdout.write(`left out on a cluster of your own: ${onlyOurs.join(' and ')}, which need the pinned version\n`);
    const code = await jest({ CANARY_CLUSTER: file }, cluster.foreign ? onlyOurs.map((name) => `/${name}\\.cluster\\.test`) : []);
    if (existsSync(cluster.figures)) process.stdout.write(tables(left(cluster.figures)));
    return code;
  } finally {
    kubelet?.stop();
    await stop();
  }
}

/** What holds the sandbox against an API server word for word. */
const onlyOurs = ['conformance', 'kubectl'];

function jest(env: Record<string, string>, ignored: readonly string[]): Promise<number> {
  const argv = [
    '--experimental-vm-modules',
    '--no-warnings',
    'node_modules/jest/bin/jest.js',
    '--config',
    'jest.cluster.config.mjs',
    ...chosen,
    ...(ignored.length ? ['--testPathIgnorePatterns', '/node_modules/', ...ignored] : []),
  ];
  const child = spawn(process.execPath, argv, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  // Told to end, the tests end first, then what they ran on.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill('SIGTERM'));
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
