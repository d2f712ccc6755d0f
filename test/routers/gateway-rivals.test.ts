// HTTPRoutes of other names for the requests of a canary: which are refused, and which may stand beside ours.
import { describe, expect, test } from '@jest/globals';
import { objectAt } from '../../src/common/dig.ts';
import type { Canary, Obj } from '../../src/contracts.ts';
import { gatewayV1 } from '../../src/routers/gatewayapi.ts';
import { gatewayed, httpRoute, live, routed, see } from './gateway.ts';

const hosts = gatewayed({ hosts: ['app.example.com'] });

function route(spec: string, rules = '{backendRefs: [{name: podinfo, port: 9898}]}'): Obj {
  const made = httpRoute(`${spec}\nrules: [${rules}]`);
  return { ...made, metadata: { ...made.metadata, name: 'my-route', creationTimestamp: '2024-05-01T00:00:00Z' } };
}

const gateway = 'parentRefs: [{name: gateway, namespace: infra}]';
const host = `${gateway}\nhostnames: [app.example.com]`;
const at = (createdAt: string): Obj => ({ ...live, metadata: { ...live.metadata, creationTimestamp: createdAt } });

describe('a route of another name', () => {
  test.each([
    ['for the same host', hosts, route(host), []],
    ['for all hosts, as ours', gatewayed(), route(gateway), []],
    ['for one host of all that ours is for', gatewayed(), route(host), []],
    ['for one host of those that ours is for', gatewayed({ hosts: ['*.example.com'] }), route(host), []],
    [
      'at a part of the Gateway',
      hosts,
      route(`parentRefs: [{name: gateway, namespace: infra, sectionName: https}]`.concat('\nhostnames: [app.example.com]')),
      [],
    ],
    ['for a part of our paths', hosts, route(host, '{matches: [{path: {value: /api}}], backendRefs: [{name: podinfo, port: 9898}]}'), []],
    ['that shares with another', hosts, route(host, '{backendRefs: [{name: other, port: 1}, {name: podinfo, port: 9898}]}'), []],
    ['older than a route that we adopt', hosts, route(host), [at('2024-06-01T00:00:00Z')]],
    ['beside our own', hosts, route(host), routed([], 30, hosts)],
  ] as [string, Canary, Obj, Obj[]][])('%s is refused by name', (_, canary, theirs, own) => {
    expect(gatewayV1.check(see([...own, theirs], canary))).toEqual([
      {
        path: 'HTTPRoute/my-route',
        text: expect.stringMatching(/^leads to podinfo for the same host, .* under the name podinfo, or delete it$/),
      },
    ]);
  });

  test.each([
    ['for another host', hosts, route(`${gateway}\nhostnames: [b.example.com]`), []],
    ['for all hosts, beside our one', hosts, route(gateway), []],
    ['for a wider host', hosts, route(`${gateway}\nhostnames: ["*.example.com"]`), []],
    ['at another Gateway', hosts, route('parentRefs: [{name: inner}]\nhostnames: [app.example.com]'), []],
    ['that leads to others', hosts, route(host, '{backendRefs: [{name: other, port: 1}]}'), []],
    ['that leads to one side on purpose', hosts, route(host, '{backendRefs: [{name: podinfo-canary, port: 9898}]}'), []],
    ['that redirects', hosts, route(host, '{filters: [{type: RequestRedirect, requestRedirect: {scheme: https}}]}'), []],
    ['that is less preferred', gatewayed({ hosts: ['app.example.com'], match: [{ uri: { prefix: '/api' } }] }), route(host), []],
    ['younger than a route that we adopt', hosts, route(host), [at('2024-04-01T00:00:00Z')]],
  ] as [string, Canary, Obj, Obj[]][])('%s may stay', (_, canary, theirs, own) => {
    expect(gatewayV1.check(see([...own, theirs], canary))).toEqual([]);
  });

  test('is looked for at the Gateways of an adopted route too', () => {
    const inner = { ...live, spec: { ...objectAt(live, 'spec'), parentRefs: [{ name: 'inner' }] } };
    const theirs = route('parentRefs: [{name: inner}]\nhostnames: [app.example.com]');
    expect(gatewayV1.check(see([inner, theirs]))).toHaveLength(1);
  });
});
