// A control plane of our own: etcd, kube-apiserver with RBAC and an audit log, kube-controller-manager, each a process on loopback with its files in
// one folder. No kubelet and no scheduler: see kubelet.ts.
import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import type { Binaries } from './binaries.ts';
import { ask, type Cluster } from './cluster.ts';

export interface ControlPlane {
  readonly cluster: Cluster;
  /** Process ids, by program; none on a cluster that is not ours. */
  readonly pids: Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

/** The audit log is complete but for these: who only reads nothing that is judged, and who plays hundreds of made-up sequences. */
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'None', users: ['tester'] },
    { level: 'None', nonResourceURLs: ['/*'], userGroups: ['system:masters'] },
    { level: 'RequestResponse', verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'] },
    { level: 'Metadata', userGroups: ['system:serviceaccounts'] },
    { level: 'None' },
  ],
};

const users = ['tester', 'person', 'kubelet', 'controllers'] as const;

export async function startControlPlane(binaries: Binaries, folder: string): Promise<ControlPlane> {
  const [etcdPort = 0, peerPort = 0, apiPort = 0, controllersPort = 0] = await freePorts(4);
  const place = (name: string): string => join(folder, name);
  const tokens = new Map(users.map((user) => [user, randomBytes(16).toString('hex')]));
  const tokenOf = (user: (typeof users)[number]): string => tokens.get(user) ?? '';
  writeFileSync(place('tokens.csv'), users.map((user) => `${tokenOf(user)},${user},${user},"system:masters"\n`).join(''));
  writeFileSync(place('audit-policy.json'), JSON.stringify(auditPolicy));
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(place('service-accounts.key'), keys.privateKey.export({ type: 'pkcs1', format: 'pem' }));
  writeFileSync(place('service-accounts.pub'), keys.publicKey.export({ type: 'spki', format: 'pem' }));
  const processes: ChildProcess[] = [];
  const stop = (): Promise<void> => end(processes);
  try {
    processes.push(start(binaries.etcd, etcdArguments(place('etcd'), etcdPort, peerPort), place('etcd.log')));
    processes.push(start(binaries['kube-apiserver'], apiArguments(place, etcdPort, apiPort), place('apiserver.log')));
    await until('the API server writes its certificate', () => existsSync(place('certs/apiserver.crt')), processes);
    const ca = readFileSync(place('certs/apiserver.crt'), 'utf8');
    const server = `https://127.0.0.1:${apiPort}`;
    for (const user of users) writeFileSync(place(`${user}.kubeconfig`), kubeconfigOf({ server, ca, token: tokenOf(user), user }));
    const cluster: Cluster = {
      ...{ server, ca, token: tokenOf('tester'), person: tokenOf('person'), kubelet: tokenOf('kubelet') },
      ...{ kubeconfig: place('tester.kubeconfig'), kubectl: binaries.kubectl },
      ...{ audit: place('audit.log'), figures: place('figures.jsonl'), foreign: false },
    };
    await until('the API server is ready', () => isReady(cluster), processes);
    const controllers = controllersArguments(place, controllersPort);
    processes.push(start(binaries['kube-controller-manager'], controllers, place('controllers.log')));
    const pids = Object.fromEntries(processes.map(({ spawnfile, pid = 0 }) => [basename(spawnfile), pid]));
    return { cluster, pids, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export function kubeconfigOf(about: { server: string; ca: string; token: string; user: string; namespace?: string }): string {
  const { server, ca, token, user, namespace } = about;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user, ...(namespace ? { namespace } : {}) } }],
  });
}

function etcdArguments(data: string, port: number, peerPort: number): string[] {
  const [client, peer] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`];
  const urls = [`--listen-client-urls=${client}`, `--advertise-client-urls=${client}`];
  const peers = [`--listen-peer-urls=${peer}`, `--initial-advertise-peer-urls=${peer}`, `--initial-cluster=default=${peer}`];
  // What is lost with a crash of this machine is lost with the test.
  return [`--data-dir=${data}`, ...urls, ...peers, '--unsafe-no-fsync'];
}

function apiArguments(place: (name: string) => string, etcdPort: number, port: number): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--bind-address=127.0.0.1',
    // Written into objects, never connected to: an address of documentation.
    '--advertise-address=192.0.2.1',
    `--secure-port=${port}`,
    `--cert-dir=${place('certs')}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    '--authorization-mode=RBAC',
    `--token-auth-file=${place('tokens.csv')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${place('service-accounts.pub')}`,
    `--service-account-signing-key-file=${place('service-accounts.key')}`,
    // Pods need no mounted token: nothing of them runs.
    '--disable-admission-plugins=ServiceAccount',
    `--audit-policy-file=${place('audit-policy.json')}`,
    `--audit-log-path=${place('audit.log')}`,
    '--audit-log-maxsize=8000',
    '--endpoint-reconciler-type=none',
  ];
}

function controllersArguments(place: (name: string) => string, port: number): string[] {
  return [
    `--kubeconfig=${place('controllers.kubeconfig')}`,
    '--leader-elect=false',
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    `--cert-dir=${place('certs')}`,
    `--service-account-private-key-file=${place('service-accounts.key')}`,
    '--controllers=*,-node-lifecycle-controller,-bootstrap-signer-controller,-token-cleaner-controller',
    '--concurrent-deployment-syncs=20',
    '--concurrent-replicaset-syncs=20',
  ];
}

function start(program: string, argv: string[], log: string): ChildProcess {
  const file = openSync(log, 'w');
  const child = spawn(program, argv, { stdio: ['ignore', file, file] });
  closeSync(file);
  return child;
}

async function end(processes: readonly ChildProcess[]): Promise<void> {
  // The last that came leaves first: the API server would wait for etcd, not the other way round.
  for (const child of [...processes].reverse()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const patience = setTimeout(() => child.kill('SIGKILL'), 3_000);
    await gone;
    clearTimeout(patience);
  }
}

async function isReady(cluster: Cluster): Promise<boolean> {
  return ask(cluster, { path: '/readyz' }).then(
    ({ status }) => status === 200,
    () => false,
  );
}

async function until(what: string, holds: () => boolean | Promise<boolean>, processes: readonly ChildProcess[]): Promise<void> {
  const last = Date.now() + 120_000;
  while (!(await holds())) {
    const dead = processes.find(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null);
    if (dead) throw new Error(`waiting until ${what}: ${dead.spawnfile} has ended; its log stands beside its data`);
    if (Date.now() > last) throw new Error(`waited two minutes until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
