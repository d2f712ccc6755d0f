// VirtualServices that users made, in several shapes, and how the tests of Istio look at them.
import type { Canary, Ctx, Obj, Strings } from '../../src/contracts.ts';
import { istio } from '../../src/routers/istio.ts';
import { applied, canaryOf, foundOf, objectOf, seenBy } from '../support/found.ts';

export function see(objects: readonly Obj[], canary: Canary = canaryOf(), notServed: readonly string[] = []): Ctx {
  return seenBy([istio], canary, foundOf(objects, notServed));
}

export function routed(objects: readonly Obj[], weight: number, canary?: Canary): Obj[] {
  return applied(objects, istio.route(see(objects, canary), { kind: 'split', canary: weight }));
}

export function withService(service: Partial<Canary['service']>): Canary {
  return canaryOf({ service: { ...canaryOf().service, ...service } });
}

export function virtualService(spec: string, labels: Strings = { mine: 'yes' }): Obj {
  const metadata = { name: 'podinfo', namespace: 'test', labels, annotations: { keep: 'me' } };
  return { apiVersion: 'networking.istio.io/v1beta1', kind: 'VirtualService', metadata, spec: objectOf(spec) };
}

/** Input of the recording adopted-istio. */
export const adopted = virtualService(`
hosts: [app.example.com]
gateways: [istio-system/mine]
http:
- match:
  - uri: {prefix: /v1}
  timeout: 3s
  route:
  - destination: {host: podinfo}
`);
export const adopting = withService({ hosts: ['app.example.com'], gateways: ['istio-system/mine'] });

/** Several routes, one of them to somebody else, one by its whole name, with a port and a subset. */
export const busy = virtualService(`
hosts: [a.example.com, b.example.com]
http:
- match: [{uri: {prefix: /other}}]
  route: [{destination: {host: other}}]
- match: [{uri: {prefix: /v1}}]
  retries: {attempts: 3}
  route: [{destination: {host: podinfo.test.svc.cluster.local, subset: v1, port: {number: 9898}}, headers: {request: {set: {x: y}}}}]
- redirect: {uri: /elsewhere}
  match: [{uri: {prefix: /old}}]
- route: [{destination: {host: podinfo-primary}, weight: 60}, {destination: {host: podinfo.test}, weight: 40}]
tcp:
- route: [{destination: {host: other}}]
`);

export const foreign = virtualService(`
hosts: [a.example.com]
http:
- match: [{uri: {prefix: /other}}]
  route: [{destination: {host: other}}]
`);
