// `canary delete` and the routing object: nothing is taken away under a route that leads there in whatever way, what users changed since the canary
// came stays, and who loses their way in with an object that we made is told before.
import { describe, expect, test } from '@jest/globals';
import { mergePatch } from '../../src/common/json.ts';
import type { Canary, JsonObject, Obj } from '../../src/contracts.ts';
import { undoneIn } from '../../src/core/undo.ts';
import { objectOf } from '../support/found.ts';
import { rehearse, type Rehearsed, type World } from './rehearsal.ts';
import { cluster, decideOn, lines, podinfo, second, split, state, t0, touched, trafficAfter, untouched, weightAfter } from './support.ts';
import { release, takeOver, worldOf } from './worlds.ts';

const pods = { wanted: 2, ready: 2 };
const wish = { id: 'd', verb: 'delete', by: 'ana@laptop' } as const;
const terminating = state('Terminating', { at: undefined });
const handedBack = state('Terminating');

const theirService = objectOf(`
apiVersion: v1
kind: Service
metadata: {name: podinfo, namespace: test}
spec: {selector: {app: podinfo}, ports: [{name: http, protocol: TCP, port: 9898, targetPort: 9898}]}
`);
const theirRoute = objectOf(`
apiVersion: networking.istio.io/v1beta1
kind: VirtualService
metadata: {name: podinfo, namespace: test}
spec:
  hosts: [app.example.com]
  http:
  - timeout: 3s
    route: [{destination: {host: podinfo}}]
`);
const httpRoute = objectOf(`
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: podinfo, namespace: test}
spec:
  parentRefs: [{name: gateway, namespace: infra}]
  rules:
  - matches: [{path: {type: PathPrefix, value: /}}]
    backendRefs: [{group: '', kind: Service, name: podinfo, port: 9898, weight: 1}]
`);

function to(...entries: [host: string, weight: number][]): JsonObject {
  return { route: entries.map(([host, weight]) => ({ destination: { host }, weight })) };
}

/** A user's route in place of the one that we made. */
function led(http: JsonObject[], objects: Obj[] = cluster({ canaryPods: pods })): Obj[] {
  return objects.map((each) => (each.kind === 'VirtualService' ? { ...theirRoute, spec: { hosts: ['podinfo'], http } } : each));
}

function withoutApex(objects: Obj[]): Obj[] {
  return objects.filter(({ kind, metadata }) => kind !== 'Service' || metadata.name !== 'podinfo');
}

describe('a route that no router reads', () => {
  const shapes: [string, JsonObject[]][] = [
    ['has weights that do not add up', [to(['podinfo-primary', 3], ['podinfo-canary', 1])]],
    ['gives the primary a weight of 1', [to(['podinfo-primary', 1], ['podinfo-canary', 0])]],
    [
      'has two rules that disagree',
      [to(['podinfo-primary', 100], ['podinfo-canary', 0]), to(['podinfo-primary', 50], ['podinfo-canary', 50])],
    ],
    ['names hosts whole', [to(['podinfo-primary.test.svc.cluster.local', 3], ['podinfo-canary.test', 1])]],
  ];

  test.each(shapes)('and %s is led home before anything else', (_, http) => {
    const objects = led(http, cluster({ target: 'podinfo:2', canaryPods: pods }));
    const decision = decideOn({ objects, state: terminating });
    expect(touched(decision)).toEqual(['merge VirtualService/podinfo']);
    expect(trafficAfter(objects, decision.changes)).toEqual(split(0));
  });

  test('is led home although nothing was promoted yet', () => {
    const objects = withoutApex(led([to(['podinfo-primary', 3], ['podinfo-canary', 1])]));
    const decision = decideOn({ objects, state: state('Terminating', { at: undefined, promoted: '' }) });
    expect(weightAfter(objects, decision.changes)).toBe(0);
  });

  const mixed: [string, JsonObject[]][] = [
    ['shares a rule with others', [to(['podinfo-primary', 50], ['podinfo-canary', 20], ['other', 30])]],
    ['has the primary beside another', [to(['podinfo-primary', 50], ['other', 50])]],
  ];

  test.each([...mixed, ...shapes])('and %s keeps what it leads to: exit 20', (_, http) => {
    const decision = decideOn({ objects: withoutApex(led(http)), state: handedBack, now: t0 + 60 * second });
    expect(decision.changes).toEqual([]);
    expect(decision.result).toMatchObject({
      is: 'rolled-back',
      confirmed: false,
      cause: { why: expect.stringContaining('VirtualService podinfo still leads to podinfo-primary or podinfo-canary') },
    });
  });

  test.each(mixed)('and %s stops it before the target is changed', (_, http) => {
    const decision = decideOn({ objects: led(http, cluster({ target: 'podinfo:2', canaryPods: pods })), state: terminating });
    expect(decision.changes).toEqual([]);
    expect(decision.result).toMatchObject({ is: 'rolled-back', confirmed: false });
  });

  test.each<[string, JsonObject[]]>([
    ['other names', [{ name: 'podinfo-canary', ...to(['podinfo', 100]) }]],
    ['another namespace', [to(['podinfo-primary.other.svc.cluster.local', 100])]],
    ['a header with its name', [{ match: [{ headers: { 'x-to': { exact: 'podinfo-primary' } } }], ...to(['podinfo', 100]) }]],
  ])('is no hindrance where it leads to %s', (_, http) => {
    const decision = decideOn({ objects: withoutApex(led(http)), state: handedBack, now: t0 + 60 * second });
    expect(touched(decision)).toContain('delete Service/podinfo-primary');
  });
});

describe('a TraefikService', () => {
  const traefik = podinfo({ provider: 'traefik' });
  const service = (services: JsonObject[], labels: Record<string, string> = {}): Obj => ({
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'TraefikService',
    metadata: { name: 'podinfo', namespace: 'test', labels },
    spec: { weighted: { services } },
  });
  const side = (name: string, weight: number): JsonObject => ({ name, port: 9898, weight });
  const uneven = [side('podinfo-primary', 3), side('podinfo-canary', 1)];

  test('with weights of a user is led home first', () => {
    const objects = [...cluster({ target: 'podinfo:2', canaryPods: pods }), service(uneven)];
    const decision = decideOn({ objects, canary: traefik, state: terminating });
    expect(touched(decision)).toEqual(['merge TraefikService/podinfo']);
    expect(trafficAfter(objects, decision.changes, traefik)).toEqual(split(0));
  });

  test('with a third backend keeps what it leads to: exit 20', () => {
    const objects = [...cluster({ canaryPods: pods }), service([...uneven, side('other', 1)])];
    const decision = decideOn({ objects, canary: traefik, state: terminating });
    expect([decision.changes, decision.result]).toMatchObject([[], { is: 'rolled-back', confirmed: false }]);
  });

  test('that we made is named before it goes', () => {
    const objects = [...cluster(), service([side('podinfo-primary', 100)], { 'app.kubernetes.io/managed-by': 'canary' })];
    const decision = decideOn({ objects, canary: traefik, state: state('Succeeded'), intents: [wish] });
    expect(lines(decision)[1]).toMatch(/^TraefikService podinfo, which canary made, goes too: whoever comes by it .* finds nobody then/);
  });
});

function change(world: World, kind: string, spec: (now: JsonObject) => JsonObject): void {
  world.objects = world.objects.map((each) =>
    each.kind === kind ? (mergePatch(each as JsonObject, { spec: spec(each['spec'] as JsonObject) }) as unknown as Obj) : each,
  );
}

function released(canary: Canary, route: Obj): World {
  const world = worldOf(canary, { objects: [...untouched(), theirService, route] });
  expect(release(world)).toMatchObject({ result: { is: 'promoted' }, wrongs: [] });
  return world;
}

function deleted(world: World): Rehearsed {
  takeOver(world);
  world.intents = [wish];
  return rehearse(world);
}

function specOf(world: World, kind: string): unknown {
  return world.objects.find((each) => each.kind === kind)?.['spec'];
}

describe('what users changed since on a VirtualService of theirs', () => {
  const env: JsonObject = { match: [{ uri: { prefix: '/env' } }], ...to(['other', 100]) };
  const [original] = (theirRoute['spec'] as { http: JsonObject[] }).http;
  const apart = { canary: podinfo({ service: { ...podinfo().service, timeout: '9s' } }), route: theirRoute };

  test.each<[string, (http: JsonObject[]) => JsonObject[], unknown]>([
    ['a rule before ours', (http) => [env, ...http], [env, original]],
    ['a rule after ours', (http) => [...http, env], [original, env]],
    [
      'ours, with a field of theirs',
      ([rule]) => [{ ...rule, retries: { attempts: 3 } }],
      [{ retries: { attempts: 3 }, timeout: '9s', route: [{ destination: { host: 'podinfo' } }] }],
    ],
    ['one that leads elsewhere in place of ours', () => [env], [env]],
    ['ours with weights of their own', () => [to(['podinfo-primary', 3], ['podinfo-canary', 1])], undefined],
  ])('stays: %s', (_, by, http) => {
    const world = released(apart.canary, apart.route);
    change(world, 'VirtualService', (spec) => ({ http: by(spec['http'] as JsonObject[]) }));
    expect(deleted(world)).toMatchObject({ result: { is: 'deleted' } });
    expect(JSON.stringify(specOf(world, 'VirtualService'))).not.toMatch(/podinfo-(primary|canary)/);
    if (http !== undefined) expect(specOf(world, 'VirtualService')).toMatchObject({ hosts: ['app.example.com'], http });
  });

  test('stays: a host beside the one that we added', () => {
    const world = released(apart.canary, apart.route);
    change(world, 'VirtualService', ({ hosts }) => ({ hosts: [...(hosts as string[]), 'new.example.com'] }));
    expect(deleted(world)).toMatchObject({ result: { is: 'deleted' }, wrongs: [] });
    expect(specOf(world, 'VirtualService')).toEqual({ hosts: ['app.example.com', 'new.example.com'], http: [original] });
  });

  test('stays on an HTTPRoute too', () => {
    const service = { ...podinfo().service, gatewayRefs: [{ name: 'gateway', namespace: 'infra' }] };
    const world = released(podinfo({ provider: 'gatewayapi:v1', service }), httpRoute);
    const other = {
      matches: [{ path: { type: 'PathPrefix', value: '/env' } }],
      backendRefs: [{ group: '', kind: 'Service', name: 'other', port: 80, weight: 1 }],
    };
    change(world, 'HTTPRoute', ({ rules }) => ({ rules: [other, ...(rules as JsonObject[])] }));
    expect(deleted(world)).toMatchObject({ result: { is: 'deleted' }, wrongs: [] });
    const { rules } = httpRoute['spec'] as { rules: JsonObject[] };
    expect(specOf(world, 'HTTPRoute')).toMatchObject({ rules: [other, ...rules] });
  });
});

describe('of a list', () => {
  const live = (list: string[]): Obj => ({ ...theirService, spec: { list } });

  test.each<[string, { was: string[]; ours: string[]; now: string[] }, string[]]>([
    ['that is as we wrote it, all goes back', { was: ['a'], ours: ['x', 'y'], now: ['x', 'y'] }, ['a']],
    ['with others around ours, ours goes back', { was: ['a'], ours: ['x', 'y'], now: ['1', 'x', 'y', '2'] }, ['1', 'a', '2']],
    ['that we added to, what we added goes', { was: ['a'], ours: ['a', 'x'], now: ['x', '1', 'a'] }, ['1', 'a']],
    ['of which only what we added is left, it is as it was', { was: ['a'], ours: ['a', 'x'], now: ['x'] }, ['a']],
    ['in which ours is broken up, nothing is touched', { was: ['a'], ours: ['x', 'y'], now: ['x', '1', 'y'] }, ['x', '1', 'y']],
    ['that we made shorter, nothing is taken for ours', { was: ['a', 'b'], ours: ['a'], now: ['a', 'b'] }, ['a', 'b']],
  ])('%s', (_, { was, ours, now }, back) => {
    const patch = undoneIn(live(now), { spec: { list: was } }, live(ours));
    const after = mergePatch(live(now) as JsonObject, patch ?? {}) as unknown as Obj;
    expect(after['spec']).toEqual({ list: back });
    expect(undoneIn(after, { spec: { list: was } }, live(ours))).toBeUndefined();
  });
});

describe('a routing object that we made', () => {
  const rest = state('Succeeded');
  const behind = (gateways: string[], apex: (object: Obj) => Obj = (object) => object): Obj[] =>
    cluster({ canaryPods: pods }).map((each) => {
      if (each.kind === 'Service' && each.metadata.name === 'podinfo') return apex(each);
      return each.kind === 'VirtualService' ? { ...each, spec: { ...(each['spec'] as JsonObject), gateways } } : each;
    });
  const canary = podinfo({ service: { ...podinfo().service, gateways: ['infra/gateway'] } });
  const note =
    'VirtualService podinfo, which canary made, goes too: whoever comes by it (through a Gateway, an IngressRoute) finds nobody then';

  test('is named before it goes, with what is lost', () => {
    const decision = decideOn({ objects: behind(['infra/gateway']), canary, state: rest, intents: [wish] });
    expect(touched(decision)).toEqual([]);
    expect(lines(decision)).toEqual(['Terminating canary podinfo.test', `${note}; lead them to a Service of the target's pods`]);
    const next = decideOn({ objects: behind(['infra/gateway']), canary, state: decision.state });
    expect(touched(next)).toContain('delete VirtualService/podinfo');
  });

  test('names the Service that stays', () => {
    const theirs = behind(['infra/gateway'], ({ metadata: { labels: _, ...metadata }, ...object }) => ({ ...object, metadata }) as Obj);
    const decision = decideOn({ objects: theirs, canary, state: rest, intents: [wish] });
    expect(lines(decision)).toContain(`${note}; lead them to Service podinfo`);
  });

  test('that a mesh alone looks at is no loss', () => {
    const decision = decideOn({ objects: behind(['mesh']), state: rest, intents: [wish] });
    expect(lines(decision)).toEqual(['Terminating canary podinfo.test']);
    expect(touched(decision)).toContain('delete VirtualService/podinfo');
  });
});
