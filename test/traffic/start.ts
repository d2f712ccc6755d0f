// Starts everything that the ring's tests run on, in the order in which each needs the one before. All of it ends with the namespace.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Obj } from '../../src/contracts.ts';
import { must, type Cluster } from '../cluster/cluster.ts';
import { startControlPlane } from '../cluster/control-plane.ts';
import { installProxyKinds } from '../cluster/crds.ts';
import type { Bench } from './bench.ts';
import { startKubelet } from './kubelet.ts';
import type { Programs } from './programs.ts';
import { installGateway, startProxy, untilProgrammed, type ProxyOptions } from './proxy.ts';

export interface BenchOptions {
  readonly programs: Programs;
  readonly folder: string;
  readonly client: string;
  readonly kills: number;
}

/** In the pods' network, far from the first pods. */
const nodeAddress = '10.244.255.1';
const streamPort = 10_250;

export async function startBench({ programs, folder, client, kills }: BenchOptions): Promise<Bench> {
  const place = (name: string): string => join(folder, name);
  const { cluster, pids } = await startControlPlane(programs.controlPlane, folder);
  await installProxyKinds(cluster);
  const prometheus = prometheusFiles(place);
  inBackground(programs.node, [`${nodeAddress}:${streamPort}`, place('pods.json')], place('node.log'));
  await startKubelet({
    ...{ cluster, address: nodeAddress, streamPort, podinfo: programs.podinfo },
    ...{ targets: place('targets.json'), addressBook: place('pods.json') },
    ...prometheus,
  });
  for (const object of monitoring) await create(cluster, object);
  await installGateway(cluster);
  const ca = place('certs/apiserver.crt');
  const proxy: ProxyOptions = { program: programs.traefik, cluster, token: cluster.kubelet, caFile: ca, log: place('proxy.log') };
  const { pid = 0 } = startProxy(proxy);
  const proxyPid = place('proxy.pid');
  writeFileSync(proxyPid, String(pid));
  await untilProgrammed(cluster);
  const bench: Bench = { cluster, pids, proxy, proxyPid, client, folder, kills };
  writeFileSync(cluster.figures, '');
  return bench;
}

/** Scrapes the pods that the kubelet lists, and the proxy. */
function prometheusFiles(place: (name: string) => string): { prometheusConfig: string; prometheusData: string } {
  const scrape_configs = [
    { job_name: 'pods', file_sd_configs: [{ files: [place('targets.json')], refresh_interval: '1s' }] },
    { job_name: 'proxy', static_configs: [{ targets: ['127.0.0.1:8001'] }] },
  ];
  mkdirSync(place('prometheus'));
  // YAML reads JSON.
  writeFileSync(place('prometheus.yml'), JSON.stringify({ global: { scrape_interval: '2s', evaluation_interval: '2s' }, scrape_configs }));
  return { prometheusConfig: place('prometheus.yml'), prometheusData: place('prometheus') };
}

/** Prometheus, and a Service whose pods take the POST of a webhook. */
const monitoring: readonly Obj[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'monitoring' } },
  deployment('prometheus', { image: 'prometheus:2', port: 9090 }),
  service('prometheus', { port: 9090, targetPort: 9090 }),
  deployment('loadtester', { image: 'podinfo:loadtester', port: 9898 }),
  service('loadtester', { port: 80, targetPort: 9898 }),
];

function deployment(name: string, of: { image: string; port: number }): Obj {
  const containers = [{ name, image: of.image, ports: [{ containerPort: of.port, name: 'http' }] }];
  const template = { metadata: { labels: { app: name } }, spec: { containers } };
  // One store is nobody else's: the old one ends before the new one begins.
  const spec = { replicas: 1, selector: { matchLabels: { app: name } }, strategy: { type: 'Recreate' }, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'monitoring' }, spec };
}

function service(name: string, ports: { port: number; targetPort: number }): Obj {
  const spec = { selector: { app: name }, ports: [{ name: 'http', ...ports }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'monitoring' }, spec };
}

async function create(cluster: Cluster, body: Obj): Promise<void> {
  const { namespace = '' } = body.metadata;
  const plural = `${body.kind.toLowerCase()}s`;
  const group = body.apiVersion === 'v1' ? '/api/v1' : `/apis/${body.apiVersion}`;
  await must(cluster, { method: 'POST', path: `${group}/${namespace ? `namespaces/${namespace}/` : ''}${plural}`, body });
}

function inBackground(program: string, argv: readonly string[], log: string): void {
  const file = openSync(log, 'w');
  spawn(program, argv, { stdio: ['ignore', file, file] });
  closeSync(file);
}
