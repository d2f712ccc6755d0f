// The CRDs that a real Traefik wants to watch, whole, from the modules that it is built of.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';

/** Files for kubectl; asks the network where a module is not on this machine. */
export function proxyKindFiles(root: string): string[] {
  const cwd = join(root, 'test/traffic/traefik');
  const modules = ['sigs.k8s.io/gateway-api', 'github.com/traefik/traefik/v3'];
  const { status, stdout, stderr } = spawnSync('go', ['mod', 'download', '-json', ...modules], { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the CRDs' modules could not be had: ${stderr || stdout}`);
  const [gateway = '', traefik = ''] = [...stdout.matchAll(/"Dir": "(.*)"/g)].map(([, folder]) => folder ?? '');
  const experimental = join(gateway, 'config/crd/experimental');
  const gatewayFiles = readdirSync(experimental).filter((name) => name.startsWith('gateway.networking.k8s.io'));
  const own = join(traefik, 'docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml');
  return [...gatewayFiles.map((name) => join(experimental, name)), own];
}

export async function installProxyKinds(cluster: Cluster, files: readonly string[]): Promise<void> {
  const kubectl = (argv: readonly string[]): void => {
    const { status, stderr } = spawnSync(cluster.kubectl, ['--kubeconfig', cluster.kubeconfig, ...argv], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`kubectl ${argv.join(' ')}: ${stderr}`);
  };
  const named = files.flatMap((file) => ['-f', file]);
  kubectl(['apply', '--server-side', ...named]);
  kubectl(['wait', '--for=condition=Established', '--timeout=60s', ...named]);
}
