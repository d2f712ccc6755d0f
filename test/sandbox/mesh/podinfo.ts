// Objects of a small mesh, as people and tools write them, and short ways to say what a reading of them gave.
import { load } from 'js-yaml';
import type { Obj } from '../../../src/contracts.ts';
import { shares, type Client, type Objects } from '../../../src/sandbox/mesh/index.ts';

export function world(...objects: Obj[]): Objects {
  return {
    list: (kind, namespace) =>
      objects.filter((object) => object.kind === kind && (namespace === undefined || object.metadata.namespace === namespace)),
  };
}

export function obj(yaml: string): Obj {
  const object = load(yaml) as Obj;
  return { ...object, metadata: { namespace: 'test', ...object.metadata } };
}

export function service(name: string, namespace = 'test'): Obj {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: {} };
}

export function pod(name: string, workload: string, labels: Record<string, string> = {}): Obj {
  const owner = { kind: 'ReplicaSet', name: `${workload}-6879f5dfc8`, controller: true };
  const metadata = { name, namespace: 'test', labels: { 'pod-template-hash': '6879f5dfc8', ...labels }, ownerReferences: [owner] };
  return { apiVersion: 'v1', kind: 'Pod', metadata };
}

export function slice(of: string, ...endpoints: { name: string; conditions?: object }[]): Obj {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${of}-x${endpoints.length}`, namespace: 'test', labels: { 'kubernetes.io/service-name': of } },
    endpoints: endpoints.map(({ name, conditions = { ready: true } }) => ({ targetRef: { kind: 'Pod', name }, conditions })),
  };
}

export const podinfo = [
  ...[service('podinfo'), service('podinfo-primary'), service('podinfo-canary')],
  ...[pod('p1', 'podinfo-primary'), pod('p2', 'podinfo-primary'), pod('c1', 'podinfo', { version: 'v2' })],
  ...[
    slice('podinfo', { name: 'p1' }, { name: 'p2' }),
    slice('podinfo-primary', { name: 'p1' }, { name: 'p2' }),
    slice('podinfo-canary', { name: 'c1' }),
  ],
];
export const apex = { name: 'podinfo', namespace: 'test' };

export function virtual(spec: string, metadata = 'name: podinfo'): Obj {
  return obj(`{kind: VirtualService, apiVersion: networking.istio.io/v1beta1, metadata: {${metadata}}, spec: ${spec}}`);
}

/** 'service percent', in order. */
export function read(...objects: Obj[]): string[] {
  return readAs({}, ...objects);
}

export function readAs(client: Client, ...objects: Obj[]): string[] {
  return shares(world(...podinfo, ...objects), apex, client).map(({ service: name, percent }) => `${name} ${percent}`);
}

export function route(primary: number, canary: number): string {
  return `route: [{destination: {host: podinfo-primary}, weight: ${primary}}, {destination: {host: podinfo-canary}, weight: ${canary}}]`;
}
