// The Gateway API: the router law, and the objects that we make, which are the recordings'.
import { describe, expect, test } from '@jest/globals';
import { objectAt } from '../../src/common/dig.ts';
import type { Canary, JsonObject, Obj, TrafficRouter } from '../../src/contracts.ts';
import { gatewayV1, gatewayV1beta1 } from '../../src/routers/gatewayapi.ts';
import { canaryOf, objectOf } from '../support/found.ts';
import { keepsTheRouterLaw } from '../support/router-contract.ts';
import { busy, defaulted, foreign, full, gatewayed, live, onServer, recordingOf, routed, rulesOf, see, split } from './gateway.ts';

const app = gatewayed({ match: [{ uri: { prefix: '/app' } }] });

describe('the router law', () => {
  describe('where there is nothing', () => keepsTheRouterLaw(gatewayV1, gatewayed(), []));
  describe('with every field of the file', () => keepsTheRouterLaw(gatewayV1, full, []));
  describe('on a live route', () => keepsTheRouterLaw(gatewayV1, gatewayed(), [live]));
  describe('on one with rules of others', () => keepsTheRouterLaw(gatewayV1, gatewayed(), [busy]));
  describe('on one without a rule for the apex', () => keepsTheRouterLaw(gatewayV1, app, [foreign]));
  describe('with every field of the file, on one with rules of others', () => keepsTheRouterLaw(gatewayV1, full, [busy]));
});

/** Without rules that name others, whose weights the law would take for ours. */
const alone: Obj = {
  ...busy,
  spec: { ...objectAt(busy, 'spec'), rules: rulesOf([busy]).filter((rule) => !JSON.stringify(rule).includes('"other"')) },
};

describe.each<[string, TrafficRouter]>([
  ['v1', gatewayV1],
  ['v1beta1', gatewayV1beta1],
])('the router law behind an API server, %s', (version, router) => {
  const server = onServer(router);
  const of = (object: Obj): Obj => ({ ...object, apiVersion: `gateway.networking.k8s.io/${version}` });
  describe('where there is nothing', () => keepsTheRouterLaw(server, full, []));
  describe('on a live route', () => keepsTheRouterLaw(server, gatewayed(), [of(live)]));
  describe('with every field of the file, on one with several rules', () => keepsTheRouterLaw(server, full, [of(alone)]));
});

describe('nothing that we write is added to by the API server', () => {
  const affinity = { cookieName: 'c', primaryCookieName: 'p', maxAge: 60, httpOnly: false, secure: false, partitioned: false };
  const match = [{ queryParams: { beta: { regex: 'on|1' } } }];
  const testing: Canary = { ...full, match, strategy: { kind: 'iterations', count: 2, by: 'match' } };
  test.each([
    ['weights and cookies', { ...full, affinity }, { ...split(20), cookies: { canary: 'a', primary: 'b', expire: 'c' } }],
    ['copies', full, { kind: 'mirror', percent: 30 }],
    ['a test', testing, { kind: 'match' }],
    ['origins without an age', gatewayed({ corsPolicy: { allowOrigin: ['*'] } }), split(0)],
  ] as [string, Canary, ReturnType<typeof split>][])('%s', (_, canary, want) => {
    for (const router of [gatewayV1, gatewayV1beta1]) {
      const [made] = routed([], want, canary, router);
      expect(defaulted(made as Obj)).toEqual(made);
    }
  });
});

describe.each<[string, ReturnType<typeof split>[]]>([
  ['gatewayapi', [0, 25, 50, 0].map(split)],
  ['gatewayapi-mirror', [split(0), { kind: 'mirror', percent: 100 }, split(100), split(0)]],
])('as Flagger did: %s', (name, traffics) => {
  const recording = recordingOf(name);
  const { canary } = recording;

  test('every state of the rules', () => {
    let now: Obj[] = [];
    const states = traffics.map((want) => rulesOf((now = routed(now, want, canary))));
    expect(states).toEqual(recording.rules);
    expect(recording.rules).toHaveLength(4);
  });

  test('the object once it is initialized, and at its end', () => {
    const [first] = routed([], 0, canary);
    const { object: _heading, ...initialized } = recording.initialized;
    const { ownerReferences: _owner, ...metadata } = initialized.metadata;
    expect(first).toEqual({ ...initialized, metadata: { ...metadata, labels: { 'app.kubernetes.io/managed-by': 'canary' } } });
    expect(recording.final['spec']).toEqual(recording.initialized['spec']);
  });

  test('what Flagger left is read as what it was for, and brought home', () => {
    const states = recording.rules.map((rules) => ({
      ...recording.initialized,
      spec: { ...objectAt(recording.initialized, 'spec'), rules },
    }));
    expect(states.map((object) => gatewayV1.read(see([object], canary)))).toEqual(traffics);
    for (const state of states) expect(rulesOf(routed([state], 0, canary))).toEqual(recording.rules[0]);
  });
});

test('every field of the file becomes this', () => {
  const backendRefs = [
    { group: '', kind: 'Service', name: 'podinfo-primary', port: 9898, weight: 100 },
    { group: '', kind: 'Service', name: 'podinfo-canary', port: 9898, weight: 0 },
  ];
  const [made] = routed([], 0, full);
  expect(made?.['spec']).toEqual({
    hostnames: ['app.example.com'],
    parentRefs: [
      { group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'infra', name: 'gateway', sectionName: 'https' },
      { group: '', kind: 'Service', name: 'mesh' },
    ],
    rules: [
      {
        matches: [
          { path: { type: 'PathPrefix', value: '/api' } },
          { path: { type: 'Exact', value: '/web' }, method: 'GET', headers: [{ type: 'Exact', name: 'x-a', value: 'b' }] },
        ],
        filters: [
          { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x-s', value: '1' }], remove: ['x-gone'] } },
          { type: 'ResponseHeaderModifier', responseHeaderModifier: { add: [{ name: 'x-some', value: 'value' }] } },
          { type: 'URLRewrite', urlRewrite: { hostname: 'a.com', path: { type: 'ReplaceFullPath', replaceFullPath: '/' } } },
          { type: 'RequestMirror', requestMirror: { backendRef: { group: '', kind: 'Service', name: 'shadow', port: 80 } } },
          { type: 'CORS', cors: { allowOrigins: ['https://a.com', 'https://b.com'], allowCredentials: true, maxAge: 3600 } },
        ],
        timeouts: { request: '15s', backendRequest: '5s' },
        backendRefs,
      },
    ],
  });
});

test('v1beta1 has neither time-outs nor CORS, and all else', () => {
  const [made] = routed([], 0, full, gatewayV1beta1);
  const [v1 = {}] = rulesOf(routed([], 0, full));
  const { timeouts: _timeouts, filters, ...rest } = v1;
  expect(made?.apiVersion).toBe('gateway.networking.k8s.io/v1beta1');
  expect(rulesOf([made as Obj])).toEqual([{ ...rest, filters: (filters as JsonObject[]).filter(({ type }) => type !== 'CORS') }]);
});

test.each([
  [{ uri: '/', type: 'ReplacePrefixMatch' }, { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } }],
  [{ uri: '/', type: 'Other' }, { path: { type: 'ReplaceFullPath', replaceFullPath: '/' } }],
  [{ authority: 'a.com', type: 'ReplacePrefixMatch' }, { hostname: 'a.com' }],
])('the rewrite %j', (rewrite, urlRewrite) => {
  expect(rulesOf(routed([], 0, gatewayed({ rewrite })))[0]?.['filters']).toEqual([{ type: 'URLRewrite', urlRewrite }]);
});

test('a rewrite, headers and marks that say nothing leave no filter', () => {
  const canary = gatewayed({ rewrite: { type: 'ReplacePrefixMatch' }, headers: { request: { set: {} }, response: {} } });
  expect(rulesOf(routed([], 0, canary))).toEqual(rulesOf(routed([], 0)));
});

describe('on an HTTPRoute of ours', () => {
  test('a weight is the only thing that the next write changes', () => {
    const [change] = gatewayV1.route(see(routed([], 0)), split(5));
    expect(change?.op === 'merge' && Object.keys(objectAt(change.patch, 'spec'))).toEqual(['rules']);
    expect(change?.why).toBe('podinfo routes 95 % to the primary, 5 % to the canary');
  });

  test('the file is followed exactly: what it no longer says goes, and so do rules of others', () => {
    const [before] = routed([], 5, full) as [Obj];
    const spec = objectAt(before, 'spec');
    const more = { ...before, spec: { ...spec, rules: [...rulesOf([before]), { backendRefs: [{ name: 'other', port: 1 }] }] } };
    const [after] = routed([more], 5);
    expect(after?.['spec']).toEqual(routed([], 5)[0]?.['spec']);
  });

  test('annotations of others stay, marks of the apex come back', () => {
    const marks = { ...canaryOf().service.marks, apex: { labels: { tier: 'apex' }, annotations: { a: 'b' } } };
    const canary = gatewayed({ marks });
    const [made] = routed([], 0, canary) as [Obj];
    const target = objectOf(
      '{apiVersion: apps/v1, kind: Deployment, metadata: {name: podinfo}, spec: {selector: {matchLabels: {app: x}}}}',
    );
    const touched = {
      ...made,
      metadata: { ...made.metadata, labels: { 'app.kubernetes.io/managed-by': 'canary' }, annotations: { theirs: 'c' } },
    };
    const [after] = routed([touched, target], 0, canary);
    expect(after?.metadata.annotations).toEqual({ ...made.metadata.annotations, theirs: 'c' });
    expect(after?.metadata.labels).toEqual({ 'app.kubernetes.io/managed-by': 'canary', tier: 'apex', app: 'podinfo' });
  });
});
