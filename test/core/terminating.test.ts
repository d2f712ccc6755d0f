// `canary delete`: the target serves what the primary serves, traffic is handed back, it drains, and only then is what we made taken away.
import { describe, expect, test } from '@jest/globals';
import { canonical } from '../../src/common/json.ts';
import type { Canary, Obj } from '../../src/contracts.ts';
import type { Intent, Phase } from '../../src/core/types.ts';
import { objectOf } from '../support/found.ts';
import { rehearse, type Rehearsed, type World } from './rehearsal.ts';
import {
  cluster,
  decideOn,
  deploymentAfter,
  givenOf,
  lines,
  podinfo,
  second,
  split,
  state,
  t0,
  touched,
  untouched,
  weightAfter,
} from './support.ts';
import { release, setImage, takeOver, worldOf } from './worlds.ts';

const wish: Intent = { id: 'd', verb: 'delete', by: 'ana@laptop' };
const pods = { wanted: 2, ready: 2 };

const theirService = objectOf(`
apiVersion: v1
kind: Service
metadata: {name: podinfo, namespace: test, labels: {team: web}, annotations: {keep: me}}
spec: {type: NodePort, selector: {app: podinfo, tier: web}, ports: [{name: http, protocol: TCP, port: 9898, targetPort: 9898, nodePort: 31000}]}
`);
const theirRoute = objectOf(`
apiVersion: networking.istio.io/v1beta1
kind: VirtualService
metadata: {name: podinfo, namespace: test}
spec:
  hosts: [podinfo]
  http:
  - timeout: 3s
    route:
    - {destination: {host: podinfo}}
`);
const theirScaler = objectOf(`
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: podinfo, namespace: test}
spec: {minReplicas: 2, maxReplicas: 4, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: podinfo}, metrics: []}
`);

function deleted(world: World): Rehearsed {
  takeOver(world);
  world.intents = [wish];
  return rehearse(world);
}

/** What a user sees of it: server's own fields, and history, apart. */
function plain(objects: readonly Obj[]): string[] {
  return objects
    .filter(({ kind }) => kind !== 'ReplicaSet')
    .map((object) => {
      const { status: _, ...rest } = object;
      const { uid: _uid, generation: _generation, ...metadata } = rest.metadata;
      return canonical({ ...rest, metadata });
    })
    .sort();
}

describe('the way', () => {
  const rest = state('Succeeded');

  test('begins by scaling up the target, traffic where it is', () => {
    const decision = decideOn({ objects: cluster(), state: rest, intents: [wish] });
    expect(touched(decision)).toEqual(['merge Deployment/podinfo']);
    expect(deploymentAfter(cluster(), decision.changes, 'podinfo')).toEqual({ image: 'podinfo:1', replicas: 2 });
    expect(decision.state.phase).toBe('Terminating');
    expect(lines(decision)).toEqual(['Terminating canary podinfo.test']);
  });

  test('the target gets what the primary runs, not what was never promoted', () => {
    const objects = cluster({ target: 'podinfo:2' });
    const decision = decideOn({ objects, state: rest, intents: [wish] });
    expect(deploymentAfter(objects, decision.changes, 'podinfo')).toEqual({ image: 'podinfo:1', replicas: 2 });
  });

  test('a canary that has traffic loses it before its pods are changed', () => {
    const objects = cluster({ target: 'podinfo:2', canaryPods: pods, weight: 30 });
    const decision = decideOn({ objects, state: state('Progressing', { traffic: split(30) }), intents: [wish] });
    expect(touched(decision)).toEqual(['merge VirtualService/podinfo']);
    expect(weightAfter(objects, decision.changes)).toBe(0);
    expect(decision.state.traffic).toEqual(split(0));
  });

  const terminating = state('Terminating', { at: undefined });

  test('the target is waited for', () => {
    const decision = decideOn({ objects: cluster({ canaryPods: { wanted: 2, ready: 1 } }), state: terminating });
    expect(decision.changes).toEqual([]);
    expect(lines(decision)).toEqual(['Waiting for podinfo.test rollout to finish: 1 of 2 updated replicas are available']);
  });

  test('a target that does not come up leaves traffic on the primary: exit 20', () => {
    const objects = cluster({ canaryPods: { wanted: 2, ready: 1 } });
    const late = decideOn({ objects, state: { ...terminating, waiting: { side: 'canary', since: t0 } }, now: t0 + 61 * second });
    expect(late.changes).toEqual([]);
    expect(late.result).toMatchObject({ is: 'rolled-back', confirmed: false });
    expect(late.state.phase).toBe('Terminating');
  });

  test('then apex and route are handed back, relying on the target', () => {
    const decision = decideOn({ objects: cluster({ canaryPods: pods }), state: terminating });
    expect(touched(decision)).toEqual(['delete Service/podinfo', 'delete VirtualService/podinfo']);
    for (const { given } of decision.changes) expect(given?.map(({ name }) => name)).toEqual(['podinfo']);
  });

  const handed = cluster({ canaryPods: pods }).filter(
    ({ kind, metadata }) => metadata.name !== 'podinfo' || (kind !== 'Service' && kind !== 'VirtualService'),
  );

  test('then it drains, and nothing goes before', () => {
    const begun = decideOn({ objects: handed, state: terminating });
    expect(begun.changes).toEqual([]);
    expect(begun.state.at).toBe(t0);
    expect(decideOn({ objects: handed, state: begun.state, now: t0 + 10 * second - 1 }).changes).toEqual([]);
  });

  test('then all that we made goes, and nothing else', () => {
    const decision = decideOn({ objects: handed, state: state('Terminating'), now: t0 + 10 * second });
    expect(touched(decision).sort()).toEqual([
      'delete DestinationRule/podinfo-canary',
      'delete DestinationRule/podinfo-primary',
      'delete Service/podinfo-canary',
      'delete Service/podinfo-primary',
    ]);
  });

  test('at last our label is taken off what was there before', () => {
    const bare = untouched().map((object) => ({
      ...object,
      metadata: { ...object.metadata, labels: { app: 'podinfo', 'canary.run/epoch': '3' } },
    }));
    const decision = decideOn({ objects: bare, state: state('Terminating'), now: t0 + 60 * second });
    expect(decision.changes).toMatchObject([{ op: 'merge', patch: { metadata: { labels: { 'canary.run/epoch': null } } } }]);
    const over = decideOn({ objects: untouched(), state: state('Terminating'), now: t0 + 60 * second });
    expect(over.result).toEqual({ is: 'deleted' });
    expect(lines(over)).toEqual(['Terminated canary podinfo.test']);
  });

  test('a target that is gone leaves everything as it is', () => {
    const objects = cluster().filter(({ kind, metadata }) => kind !== 'Deployment' || metadata.name !== 'podinfo');
    const decision = decideOn({ objects, state: rest, intents: [wish] });
    expect(decision.changes).toEqual([]);
    expect(decision.result).toMatchObject({ is: 'rolled-back', confirmed: false });
  });
});

describe('what a user made is given back', () => {
  const adopted = [...cluster({ canaryPods: pods }).filter(({ kind, metadata }) => kind !== 'Service' || metadata.name !== 'podinfo')];
  const service = (selector: object): Obj => ({ ...theirService, spec: { ...(theirService['spec'] as object), selector } });
  const undo = { 'Service/podinfo': { spec: { selector: { app: 'podinfo', tier: 'web' } } } };
  const terminating = state('Terminating', { at: undefined });

  test('where its value is ours', () => {
    const objects = [...adopted, service({ app: 'podinfo-primary' })];
    const decision = decideOn({ objects, state: terminating, kept: { undo } });
    const change = decision.changes.find(({ op }) => op === 'merge');
    expect(change).toMatchObject({ ref: { name: 'podinfo' }, patch: { spec: { selector: { app: 'podinfo', tier: 'web' } } } });
    expect(givenOf(decision, 'podinfo')).toEqual(['Deployment/podinfo']);
  });

  test('what somebody has changed since is theirs', () => {
    const objects = [...adopted, service({ app: 'elsewhere' })];
    const decision = decideOn({ objects, state: state('Terminating'), now: t0, kept: { undo } });
    expect(touched(decision)).not.toContain('merge Service/podinfo');
  });
});

describe('from what is not whole', () => {
  const terminating = state('Terminating', { at: undefined });
  const without = (kind: string, name: string, objects: Obj[]): Obj[] =>
    objects.filter((object) => object.kind !== kind || object.metadata.name !== name);
  const theirs = (kind: 'Service' | 'VirtualService', objects: Obj[]): Obj[] =>
    objects.map((object) => {
      if (object.kind !== kind || object.metadata.name !== 'podinfo') return object;
      const { labels: _, ...metadata } = object.metadata;
      return { ...object, metadata };
    });

  test('a bootstrap whose primary never served leaves the target alone, whatever it runs now', () => {
    const begun = cluster({ target: 'podinfo:2', canaryPods: pods, apex: 'podinfo', primaryPods: { wanted: 2, ready: 0 } });
    const objects = theirs('Service', without('VirtualService', 'podinfo', begun));
    const decision = decideOn({ objects, state: state('Initializing', { promoted: '', at: undefined }), intents: [wish] });
    expect(touched(decision).sort()).toEqual([
      'delete DestinationRule/podinfo-canary',
      'delete DestinationRule/podinfo-primary',
      'delete Service/podinfo-canary',
      'delete Service/podinfo-primary',
    ]);
  });

  test('weights of both sides in a route are brought home before the target is changed', () => {
    const objects = cluster({ target: 'podinfo:2', primary: 'podinfo:2', canaryPods: pods, weight: 50 });
    const decision = decideOn({ objects: theirs('VirtualService', objects), state: terminating });
    expect(touched(decision)).toEqual(['merge VirtualService/podinfo']);
    expect(weightAfter(objects, decision.changes)).toBe(0);
  });

  test('without a primary the target comes up as its user has it, with as many pods as there were before us', () => {
    const objects = without('Deployment', 'podinfo-primary', cluster({ target: 'podinfo:2' }));
    const undo = { 'Deployment/podinfo': { spec: { replicas: 3 } } };
    const decision = decideOn({ objects, state: terminating, kept: { undo } });
    expect(deploymentAfter(objects, decision.changes, 'podinfo')).toEqual({ image: 'podinfo:2', replicas: 3 });
    expect(touched(decision)).toEqual(['merge Deployment/podinfo']);
  });

  test.each([
    ['that is gone', without('Deployment', 'podinfo-primary', cluster({ canaryPods: pods, weight: 100 }))],
    ['that has no ready pods', cluster({ canaryPods: pods, weight: 100, primaryPods: { wanted: 2, ready: 0 } })],
  ])('a route that was led to the target because of a primary %s is given back whole', (_, objects) => {
    const undo = { 'VirtualService/podinfo': { spec: { hosts: ['a.com'], http: [{ route: [{ destination: { host: 'podinfo' } }] }] } } };
    const decision = decideOn({ objects: theirs('VirtualService', objects), state: terminating, kept: { undo } });
    const route = decision.changes.find((change) => change.op === 'merge' && change.ref.kind === 'VirtualService');
    expect(route).toMatchObject({ patch: undo['VirtualService/podinfo'] });
  });

  describe.each([
    ['nothing is', {}],
    ['only our own selector is', { 'Service/podinfo': { spec: { selector: { app: 'podinfo-primary' } } } }],
  ])('where %s kept of a Service', (_, undo) => {
    const objects = theirs('Service', cluster({ canaryPods: pods }));

    test('it selects the pods of the target', () => {
      const decision = decideOn({ objects, state: terminating, kept: { undo } });
      const service = decision.changes.find((change) => change.op === 'merge' && change.ref.kind === 'Service');
      expect(service).toMatchObject({ ref: { name: 'podinfo' }, patch: { spec: { selector: { app: 'podinfo' } } } });
      expect(givenOf(decision, 'podinfo')).toEqual(['Deployment/podinfo']);
    });

    test('and is not led back to the primary when that is taken away', () => {
      const world = worldOf(podinfo(), { objects: [...untouched(), theirService] });
      expect(release(world)).toMatchObject({ result: { is: 'promoted' }, wrongs: [] });
      world.kept = { ...world.kept, undo };
      expect(deleted(world)).toMatchObject({ result: { is: 'deleted' }, wrongs: [] });
      const service = world.objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === 'podinfo');
      expect(service).toMatchObject({ spec: { selector: { app: 'podinfo' } } });
    });
  });

  test('a route of theirs that still leads to our sides stays, and so does what it leads to: exit 20', () => {
    const objects = theirs('VirtualService', cluster({ canaryPods: pods }));
    const given = without('Service', 'podinfo', objects);
    const decision = decideOn({ objects: given, state: state('Terminating'), now: t0 + 60 * second });
    expect(decision.changes).toEqual([]);
    expect(decision.result).toMatchObject({
      is: 'rolled-back',
      confirmed: false,
      cause: { why: expect.stringContaining('VirtualService podinfo still leads') },
    });
  });
});

const everything = [...untouched(), theirService, theirRoute, theirScaler];
const scalerRef = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'podinfo' };
const cases: [string, Canary, Obj[]][] = [
  ['a target alone', podinfo(), untouched()],
  ['Service, VirtualService and HPA of a user', podinfo({ scalerRef }), everything],
  [
    'a Service on provider kubernetes',
    podinfo({ provider: 'kubernetes', strategy: { kind: 'iterations', count: 2, by: 'all' } }),
    [...untouched(), theirService],
  ],
  ['a target behind linkerd', podinfo({ provider: 'linkerd' }), untouched()],
];

describe.each(cases)('%s', (_, canary, objects) => {
  test('comes back whole after a release, on ready pods throughout', () => {
    const world = worldOf(canary, { objects });
    expect(release(world)).toMatchObject({ result: { is: 'promoted' }, wrongs: [] });
    const story = deleted(world);
    expect(story).toMatchObject({ result: { is: 'deleted' }, wrongs: [] });
    setImage(world, 'podinfo:1');
    expect(plain(world.objects)).toEqual(plain(objects));
  });

  test('comes back from any pass of a bootstrap and of a release', () => {
    for (let after = 1; after < 30; after += 3) {
      const young = worldOf(canary, { objects });
      rehearse(young, after);
      expect({ ...deleted(young), after }).toMatchObject({ after, result: { is: 'deleted' }, wrongs: [] });
      expect(plain(young.objects)).toEqual(plain(objects));
      const busy = worldOf(canary, { objects });
      release(busy, { passes: after });
      expect({ ...deleted(busy), after }).toMatchObject({ after, result: { is: 'deleted' }, wrongs: [] });
      setImage(busy, 'podinfo:1');
      expect(plain(busy.objects)).toEqual(plain(objects));
    }
  });

  test('killed after any pass, the next delete ends alike', () => {
    for (let killed = 1; killed < 12; killed++) {
      const world = worldOf(canary, { objects });
      rehearse(world);
      takeOver(world);
      world.intents = [wish];
      const { wrongs } = rehearse(world, killed);
      const story = deleted(world);
      expect({ killed, result: story.result, wrongs: [...wrongs, ...story.wrongs] }).toEqual({
        killed,
        result: { is: 'deleted' },
        wrongs: [],
      });
      expect(plain(world.objects)).toEqual(plain(objects));
    }
  });
});

test.each(['Initializing', 'Initialized', 'Waiting', 'Progressing', 'WaitingPromotion', 'Promoting', 'Finalising', 'Failed'] as const)(
  'from %s: what was under way is over',
  (phase: Phase) => {
    const before = state(phase, {
      home: { by: 'timeout', why: '' },
      parked: 'x',
      gate: 'g',
      asking: true,
      waiting: { side: 'canary', since: 1 },
    });
    const decision = decideOn({ objects: cluster({ target: 'podinfo:2' }), state: before, intents: [wish] });
    expect(decision.state).toMatchObject({ phase: 'Terminating', since: t0, traffic: split(0) });
    for (const field of ['home', 'parked', 'gate', 'asking', 'closing', 'at']) expect(decision.state).not.toHaveProperty(field);
  },
);
