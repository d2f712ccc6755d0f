// Traefik as the way in: an entry point on loopback, taking Gateway API and its own kinds from the API server.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { listAt, textAt } from '../../src/common/dig.ts';
import type { Obj } from '../../src/contracts.ts';
import { ask, must, type Cluster } from '../cluster/cluster.ts';

export const entry = { host: '127.0.0.1', port: 8000 } as const;
export const metricsPort = 8001;
export const gateway = { name: 'gateway', namespace: 'infra' } as const;

export interface ProxyOptions {
  readonly program: string;
  readonly cluster: Cluster;
  readonly token: string;
  readonly caFile: string;
  readonly log: string;
}

/** Throttling and all else as Traefik has it by itself. */
export function startProxy({ program, cluster, token, caFile, log }: ProxyOptions): ChildProcess {
  const provider = (name: string): string[] => [
    `--providers.${name}`,
    `--providers.${name}.endpoint=${cluster.server}`,
    `--providers.${name}.token=${token}`,
    `--providers.${name}.certauthfilepath=${caFile}`,
  ];
  const argv = [
    `--entrypoints.web.address=${entry.host}:${entry.port}`,
    `--entrypoints.traefik.address=${entry.host}:${metricsPort}`,
    '--ping',
    '--metrics.prometheus',
    '--log.level=INFO',
    '--global.checknewversion=false',
    '--global.sendanonymoususage=false',
    ...provider('kubernetesgateway'),
    ...provider('kubernetescrd'),
  ];
  const file = openSync(log, 'a');
  const child = spawn(program, argv, { stdio: ['ignore', file, file] });
  closeSync(file);
  // Whoever starts it need not wait for its end.
  child.unref();
  return child;
}

const gatewayObjects: readonly Obj[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: gateway.namespace } },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GatewayClass',
    metadata: { name: 'traefik' },
    spec: { controllerName: 'traefik.io/gateway-controller' },
  },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { ...gateway },
    spec: {
      gatewayClassName: 'traefik',
      listeners: [{ name: 'web', port: entry.port, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } } }],
    },
  },
];

export async function installGateway(cluster: Cluster): Promise<void> {
  const paths = ['/api/v1/namespaces', `${group}/gatewayclasses`, gatewaysPath];
  for (const [at, body] of gatewayObjects.entries()) await must(cluster, { method: 'POST', path: paths[at] ?? '', body });
}

const group = '/apis/gateway.networking.k8s.io/v1';
const gatewaysPath = `${group}/namespaces/${gateway.namespace}/gateways`;

/** Resolves when the proxy has taken the Gateway; throws after a minute. */
export async function untilProgrammed(cluster: Cluster): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const { json } = await ask(cluster, { path: `${gatewaysPath}/${gateway.name}` });
    const conditions = listAt(json, 'status', 'conditions');
    if (conditions.some((each) => textAt(each, 'type') === 'Programmed' && textAt(each, 'status') === 'True')) return;
    await pause(200);
  }
  throw new Error('the proxy did not take its Gateway within a minute; its log stands beside the control plane’s');
}
