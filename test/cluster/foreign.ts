// A cluster of the user's own, which a kubeconfig names: somebody is made there who may do what the tests have to, and taken away at the end.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { kubeconfigOf, type ControlPlane } from './control-plane.ts';
import { nodeName } from './kubelet.ts';

const namespace = 'canary-tests';
const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'tester', namespace } };
const binding = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'canary-tests' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ kind: 'ServiceAccount', name: 'tester', namespace }],
};

/** Everything that is asked with the user's own kubeconfig is asked here, through their kubectl. */
export function useForeign(kubeconfig: string, folder: string): ControlPlane {
  const kubectl = (argv: readonly string[], input?: object): string => {
    const command = ['--kubeconfig', kubeconfig, ...argv];
    const { status, stdout, stderr } = spawnSync('kubectl', command, { encoding: 'utf8', input: input ? JSON.stringify(input) : '' });
    if (status !== 0) throw new Error(`kubectl ${argv.join(' ')}: ${stderr || 'kubectl is not on the PATH'}`);
    return stdout;
  };
  const items = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, account, binding];
  kubectl(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
  const token = kubectl(['-n', namespace, 'create', 'token', 'tester', '--duration=2h']).trim();
  const view = JSON.parse(kubectl(['config', 'view', '--minify', '--raw', '-o', 'json'])) as {
    clusters: { cluster: { server: string; 'certificate-authority-data'?: string } }[];
  };
  const { server = '', 'certificate-authority-data': authority = '' } = view.clusters[0]?.cluster ?? {};
  const ca = Buffer.from(authority, 'base64').toString();
  if (!server.startsWith('https://') || !ca) throw new Error('the kubeconfig must name an https server with certificate-authority-data');
  const file = join(folder, 'tester.kubeconfig');
  writeFileSync(file, kubeconfigOf({ server, ca, token, user: 'tester' }), { mode: 0o600 });
  return {
    pids: {},
    cluster: {
      ...{ server, ca, token, person: token, kubelet: token, kubeconfig: file, kubectl: 'kubectl' },
      ...{ audit: null, figures: join(folder, 'figures.jsonl'), foreign: true },
    },
    async stop() {
      kubectl([
        'delete',
        'clusterrolebinding/canary-tests',
        `namespace/${namespace}`,
        `node/${nodeName}`,
        '--wait=false',
        '--ignore-not-found',
      ]);
    },
  };
}
