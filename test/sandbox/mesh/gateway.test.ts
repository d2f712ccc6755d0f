// HTTPRoute after the specification of Gateway API, sentence by sentence.
import { describe, expect, test } from '@jest/globals';
import type { Obj } from '../../../src/contracts.ts';
import { specialClients, wayOf, workloadShares, type Client } from '../../../src/sandbox/mesh/index.ts';
import { apex, obj, podinfo, read, readAs, route as istioRoute, service, virtual, world } from './podinfo.ts';

const parents = 'parentRefs: [{name: gateway, namespace: infra}]';

function http(rules: string, { metadata = 'name: podinfo', attached = parents, more = '' } = {}): Obj {
  const spec = `{${attached}, ${more} rules: [${rules}]}`;
  return obj(`{kind: HTTPRoute, apiVersion: gateway.networking.k8s.io/v1, metadata: {${metadata}}, spec: ${spec}}`);
}

function to(primary: number, canary: number, more = ''): string {
  return `backendRefs: [{name: podinfo-primary, port: 9898, weight: ${primary}}, {name: podinfo-canary, port: 9898, weight: ${canary}${more}}]`;
}

const toPrimary = ['podinfo-primary 100'];
const toCanary = ['podinfo-canary 100'];

describe('weights', () => {
  test.each<[string, string, string[]]>([
    ['are shares of their sum', to(300, 100), ['podinfo-primary 75', 'podinfo-canary 25']],
    ['0 is no share', to(100, 0), toPrimary],
    ['0 in all is nobody', to(0, 0), []],
    [
      '1 where none is written',
      'backendRefs: [{name: podinfo-primary}, {name: podinfo-canary, weight: 3}]',
      ['podinfo-primary 25', 'podinfo-canary 75'],
    ],
    ['no backends: nobody', 'matches: []', []],
    ['a redirect: the proxy itself', `filters: [{type: RequestRedirect, requestRedirect: {hostname: x}}], ${to(1, 0)}`, []],
  ])('%s', (_, rule, expected) => {
    expect(read(http(`{${rule}}`))).toEqual(expected);
  });
});

describe('loses the share of a backend that', () => {
  test.each([
    ['is not there', '{name: gone, weight: 1}'],
    ['has no such port', '{name: ported, port: 9898, weight: 1}'],
    ['is in a namespace that granted nothing', '{name: podinfo-canary, namespace: prod, weight: 1}'],
    ['is no Service', '{name: podinfo-canary, kind: Bucket, group: example.com, weight: 1}'],
  ])('%s', (_, backend) => {
    const ported = { ...service('ported'), spec: { ports: [{ port: 80 }] } };
    const objects = world(...podinfo, ported, http(`{backendRefs: [{name: podinfo-primary, weight: 3}, ${backend}]}`));
    const lost = workloadShares(objects, apex);
    expect(lost).toEqual(
      new Map([
        ['test/podinfo-primary', 75],
        ['', 25],
      ]),
    );
  });
});

/** A rule for the canary behind that match, and one for everybody else that comes first in the list. */
function ask(match: string, client: Client): boolean {
  const answer = readAs(client, http(`{${to(1, 0)}}, {matches: [${match}], ${to(0, 1)}}`));
  if (answer.join() === toCanary.join()) return true;
  expect(answer).toEqual(toPrimary);
  return false;
}

describe('a request is for a rule', () => {
  const curl = { headers: { 'user-agent': 'curl/8' } };
  test.each<[string, Client, boolean]>([
    ['{path: {type: PathPrefix, value: /api}}', { path: '/api' }, true],
    ['{path: {type: PathPrefix, value: /api}}', { path: '/api/v1?x=1' }, true],
    ['{path: {type: PathPrefix, value: /api/}}', { path: '/api' }, true],
    ['{path: {type: PathPrefix, value: /api}}', { path: '/apis' }, false],
    ['{path: {type: Exact, value: /api}}', { path: '/api?x=1' }, true],
    ['{path: {type: Exact, value: /api}}', { path: '/api/' }, false],
    ['{path: {type: RegularExpression, value: "/v[12]/.*"}}', { path: '/v2/x' }, true],
    ['{path: {type: RegularExpression, value: "/v[12]"}}', { path: '/v2/x' }, false],
    ['{method: POST}', { method: 'POST' }, true],
    ['{method: POST}', { method: 'GET' }, false],
    ['{headers: [{name: User-Agent, value: curl/8}]}', curl, true],
    ['{headers: [{name: user-agent, value: curl}]}', curl, false],
    ['{headers: [{name: user-agent, type: RegularExpression, value: "curl.*"}]}', curl, true],
    ['{headers: [{name: user-agent, value: curl/8}, {name: x-canary, value: "1"}]}', curl, false],
    ['{headers: [{name: user-agent, value: curl/8}, {name: User-Agent, value: other}]}', curl, true],
    ['{headers: [{name: user-agent, value: curl/8}]}, {headers: [{name: x-canary, value: "1"}]}', { headers: { 'x-canary': '1' } }, true],
    ['{queryParams: [{name: v, value: "2"}]}', { path: '/?v=2' }, true],
    ['{queryParams: [{name: v, value: "2"}]}', { query: { v: '2' } }, true],
    ['{queryParams: [{name: V, value: "2"}]}', { path: '/?v=2' }, false],
    ['{queryParams: [{name: v, type: RegularExpression, value: "[0-9]+"}]}', { path: '/?v=23' }, true],
    ['{path: {value: /a}, headers: [{name: x, value: y}], method: GET}', { path: '/a', method: 'GET', headers: { x: 'y' } }, true],
  ])('%s %j: %s', (match, client, expected) => {
    expect(ask(match, client)).toBe(expected);
  });
});

describe('of several rules that fit, the one comes first that', () => {
  const header = 'headers: [{name: a, value: b}]';
  test.each<[string, string, string]>([
    ['has an exact path', '{path: {type: Exact, value: /a}}', `{path: {value: /a}, method: GET, ${header}}`],
    ['has the longer path', '{path: {value: /a/b}}', `{path: {value: /a}, method: GET, ${header}}`],
    ['names the method', '{method: GET}', `{${header}}`],
    ['names more headers', '{headers: [{name: a, value: b}, {name: c, value: d}]}', `{${header}, queryParams: [{name: q, value: r}]}`],
    ['names more of the query', '{queryParams: [{name: q, value: r}]}', '{}'],
  ])('%s', (_, first, second) => {
    const client = { path: first.includes('Exact') ? '/a?q=r' : '/a/b?q=r', method: 'GET', headers: { a: 'b', c: 'd' } };
    const rules = [`{matches: [${second}], ${to(1, 0)}}`, `{matches: [${first}], ${to(0, 1)}}`];
    expect(readAs(client, http(rules.join()))).toEqual(toCanary);
    expect(readAs(client, http(rules.reverse().join()))).toEqual(toCanary);
  });

  test('belongs to the older route, then to the first name, then stands first', () => {
    const born = (name: string, time: string): string => `name: ${name}, creationTimestamp: "${time}"`;
    const attached = 'parentRefs: [{kind: Service, group: "", name: podinfo}]';
    const young = http(`{${to(1, 0)}}`, { metadata: born('b', '2026-01-02T00:00:00Z'), attached });
    const old = http(`{${to(0, 1)}}, {${to(1, 0)}}`, { metadata: born('c', '2026-01-01T00:00:00Z'), attached });
    const same = http(`{${to(0, 1)}}`, { metadata: born('a', '2026-01-02T00:00:00Z'), attached });
    expect(read(young, old)).toEqual(toCanary);
    expect(read(young, same)).toEqual(toCanary);
  });

  test('of a route that names the host most closely', () => {
    const named = (name: string, hostnames: string, rule: string): Obj =>
      http(`{${rule}}`, { metadata: `name: ${name}`, more: hostnames && `hostnames: ['${hostnames}'],` });
    const all = [
      named('any', '', 'backendRefs: []'),
      named('wild', '*.example.com', to(1, 0)),
      named('wilder', '*.a.example.com', to(1, 1)),
      named('exact', 'b.a.example.com', to(0, 1)),
    ];
    const shares = (name: string): string[] =>
      wayOf(world(...podinfo, ...all), { name, namespace: 'test' }).shares.map((share) => `${share.service} ${share.percent}`);
    expect(shares('b.a.example.com')).toEqual(toCanary);
    expect(shares('c.a.example.com')).toEqual(['podinfo-primary 50', 'podinfo-canary 50']);
    expect(shares('c.example.com')).toEqual(toPrimary);
    expect(shares('example.com')).toEqual([]);
  });
});

describe('who asks for a Service', () => {
  test.each([
    ['comes by the route of its name', http(`{${to(0, 1)}}`), toCanary],
    [
      'comes by one that has it for a parent',
      http(`{${to(0, 1)}}`, { metadata: 'name: x', attached: 'parentRefs: [{kind: Service, group: "", name: podinfo}]' }),
      toCanary,
    ],
    [
      'comes by one that names it',
      http(`{${to(0, 1)}}`, { metadata: 'name: x', more: 'hostnames: [podinfo.test.svc.cluster.local],' }),
      toCanary,
    ],
    ['is not concerned by others', http(`{${to(0, 1)}}`, { metadata: 'name: x' }), ['podinfo 100']],
    ['is not concerned by other namespaces', http(`{${to(0, 1)}}`, { metadata: 'name: podinfo, namespace: prod' }), ['podinfo 100']],
    ['is not concerned by a route that no Gateway has', http(`{${to(0, 1)}}`, { attached: 'parentRefs: []' }), ['podinfo 100']],
  ])('%s', (_, route, expected) => {
    expect(read(route)).toEqual(expected);
  });

  test('and names a door comes through that one only', () => {
    const route = http(`{${to(0, 1)}}`);
    const way = (gateway: string): string[] => readAs({ gateway }, route);
    expect([way('infra/gateway'), way('infra/other'), way('mesh')]).toEqual([toCanary, ['podinfo 100'], ['podinfo 100']]);
  });

  test('a VirtualService comes first', () => {
    expect(read(http(`{${to(0, 1)}}`), virtual(`{hosts: [podinfo], http: [{${istioRoute(60, 40)}}]}`))).toEqual([
      'podinfo-primary 60',
      'podinfo-canary 40',
    ]);
  });

  test('and no rule takes is answered by the proxy', () => {
    expect(readAs({ path: '/web' }, http(`{matches: [{path: {value: /api}}], ${to(1, 0)}}`))).toEqual([]);
  });
});

describe('copies', () => {
  const copies = (mirror: string): string[] => {
    const filter = `filters: [{type: RequestMirror, requestMirror: {backendRef: {name: podinfo-canary, port: 9898}${mirror}}}]`;
    const way = wayOf(world(...podinfo, http(`{${filter}, ${to(1, 0)}}`)), apex);
    expect(way.shares.map((share) => share.service)).toEqual(['podinfo-primary']);
    return way.copies.map(({ service, percent }) => `${service} ${percent}`);
  };
  test.each([
    ['', ['podinfo-canary 100']],
    [', percent: 25', ['podinfo-canary 25']],
    [', percent: 0', []],
    [', fraction: {numerator: 1, denominator: 8}', ['podinfo-canary 12.5']],
    [', fraction: {numerator: 5}', ['podinfo-canary 5']],
  ])('%s', (mirror, expected) => {
    expect(copies(mirror)).toEqual(expected);
  });
});

describe('cookies', () => {
  const set = (op: string): string => `filters: [{type: ResponseHeaderModifier, responseHeaderModifier: {${op}}}]`;
  const cookies = (rule: string): (readonly string[])[] =>
    wayOf(world(...podinfo, http(`{${rule}}`)), apex).shares.map((share) => share.cookies);

  test('are those of the backend, and of the rule', () => {
    const own = set('add: [{name: Set-Cookie, value: a=b}]');
    expect(cookies(to(1, 1, `, ${own}`))).toEqual([[], ['a=b']]);
    expect(cookies(`${set('set: [{name: set-cookie, value: c=d}]')}, ${to(1, 0)}`)).toEqual([['c=d']]);
    expect(cookies(`${set('set: [{name: set-cookie, value: c=d}]')}, ${to(0, 1, `, ${own}`)}`)).toEqual([['c=d']]);
    expect(cookies(`${set('remove: [Set-Cookie]')}, ${to(0, 1, `, ${own}`)}`)).toEqual([[]]);
  });

  test('of special clients only those count that the route did not give out', () => {
    const given = `headers: [{name: Cookie, type: RegularExpression, value: '.*on.*yes.*'}]`;
    const rules = [
      `{matches: [{${given}}], ${to(0, 1)}}`,
      `{matches: [{headers: [{name: X-Canary, value: always}], queryParams: [{name: v, value: '2'}]}], ${to(0, 1)}}`,
      `{${to(90, 10, `, ${set('add: [{name: Set-Cookie, value: on=yes; Max-Age=60}]')}`)}}`,
    ];
    expect(specialClients(world(...podinfo, http(rules.join())), apex)).toEqual([{ headers: { 'x-canary': 'always' }, query: { v: '2' } }]);
  });
});
