// ConfigMaps and Secrets that the target names: another content is another revision, the canary's pods start anew with it, and copies that nobody
// can return to go at the end.
import { describe, expect, test } from '@jest/globals';
import { dig } from '../../src/common/dig.ts';
import type { Obj } from '../../src/contracts.ts';
import { decide } from '../../src/core/decide.ts';
import type { Intent } from '../../src/core/types.ts';
import { say } from '../../src/core/wording.ts';
import { applied, objectOf } from '../support/found.ts';
import { look, rehearse, type World } from './rehearsal.ts';
import { podinfo, untouched } from './support.ts';
import { takeOver, worldOf } from './worlds.ts';

const container = '{name: podinfod, image: "podinfo:1", envFrom: [{configMapRef: {name: settings}}]}';

/** podinfo:1, with its settings out of a ConfigMap. */
function configured(): Obj[] {
  const settings = objectOf('{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: test}, data: {colour: blue}}');
  const template = objectOf(`{metadata: {labels: {app: podinfo}}, spec: {containers: [${container}]}}`);
  return [...untouched().map((object) => ({ ...object, spec: { ...(object['spec'] as object), template } })), settings];
}

function paint(world: World, colour: string): void {
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', name: 'settings' };
  world.objects = applied(world.objects, [{ op: 'merge', ref, patch: { data: { colour } }, why: 'edited' }]);
}

function next(world: World): ReturnType<typeof rehearse> {
  takeOver(world);
  return rehearse(world);
}

function initialized(): World {
  const world = worldOf(podinfo(), { objects: configured() });
  rehearse(world);
  return world;
}

/** What the primary's copies hold, by their names. */
function copies(world: World): Record<string, unknown> {
  const made = world.objects.filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name !== 'settings');
  return Object.fromEntries(made.map((object) => [object.metadata.name, dig(object, 'data', 'colour')]));
}

function copyOfPrimary(world: World): string {
  const primary = world.objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'podinfo-primary');
  return /settings-primary-[0-9a-f]{8}/.exec(JSON.stringify(primary))?.[0] ?? '';
}

describe('bootstrap', () => {
  const world = worldOf(podinfo(), { objects: configured() });
  const { result, writes } = rehearse(world);

  test('gives the primary a copy of its own, before the primary that names it', () => {
    expect(result).toEqual({ is: 'initialized' });
    expect(Object.values(copies(world))).toEqual(['blue']);
    expect(copies(world)).toHaveProperty(copyOfPrimary(world));
    const order = ['create ConfigMap', 'create Deployment'].map((start) => writes.findIndex((write) => write.startsWith(start)));
    expect(order[0]).toBeGreaterThanOrEqual(0);
    expect(order[0]).toBeLessThan(order[1] ?? -1);
  });

  test('what was made is kept by name, so that it is found again', () => {
    expect(world.kept.made).toEqual([{ apiVersion: 'v1', kind: 'ConfigMap', name: copyOfPrimary(world) }]);
  });

  test('the next run has nothing to do', () => {
    expect(next(world)).toMatchObject({ result: { is: 'unchanged' }, writes: [] });
  });
});

describe('other config alone', () => {
  const world = initialized();
  const before = copyOfPrimary(world);
  paint(world, 'green');
  takeOver(world);
  const first = rehearse(world, 1);
  const story = rehearse(world);

  test('scales the canary up with that config, in one pass: no pod of it ever runs with the old one', () => {
    expect(first.writes).toEqual(['merge Deployment/podinfo', 'merge Deployment/podinfo']);
    expect(first.lines).toEqual(['New revision detected podinfo.test', 'Scaling up podinfo.test']);
  });

  test('is a revision like any other', () => {
    expect(story).toMatchObject({ result: { is: 'promoted' }, wrongs: [] });
  });

  test('is promoted with a copy of its own; the primary never met it before', () => {
    expect(copyOfPrimary(world)).not.toBe(before);
    expect(copies(world)[copyOfPrimary(world)]).toBe('green');
  });

  test('the copy that the primary may return to stays', () => {
    expect(copies(world)[before]).toBe('blue');
  });

  test('is not a revision a second time', () => {
    expect(next(world)).toMatchObject({ result: { is: 'unchanged' }, writes: [] });
  });
});

test('edited on the way, the pods start anew and the analysis too; what was analysed is what is promoted', () => {
  const world = initialized();
  paint(world, 'green');
  takeOver(world);
  const before = rehearse(world, 9);
  expect(before.lines).toContain('Advance podinfo.test canary weight 5');
  paint(world, 'red');
  const story = rehearse(world);
  expect(story).toMatchObject({ result: { is: 'promoted' }, wrongs: [] });
  expect(story.lines[0]).toBe('New revision detected! Restarting analysis for podinfo.test');
  expect(story.lines).toContain('Waiting for podinfo.test rollout to finish: 0 of 2 updated replicas are available');
  expect(copies(world)[copyOfPrimary(world)]).toBe('red');
});

test('put back on the way, nothing is left to analyse', () => {
  const world = initialized();
  paint(world, 'green');
  takeOver(world);
  rehearse(world, 9);
  paint(world, 'blue');
  const story = rehearse(world);
  expect(story).toMatchObject({ result: { is: 'unchanged' }, wrongs: [] });
});

test('that fails is taken back, and the primary keeps its own', () => {
  const answer: World['answer'] = ({ ask }) => (ask === 'metric' ? { is: 'value', value: 0 } : { is: 'ok' });
  const world = worldOf(podinfo({ threshold: 1 }), { objects: configured(), changed: { answer } });
  rehearse(world);
  const before = copyOfPrimary(world);
  paint(world, 'green');
  expect(next(world)).toMatchObject({ result: { is: 'rolled-back', confirmed: true }, wrongs: [] });
  expect(copyOfPrimary(world)).toBe(before);
  expect(copies(world)[before]).toBe('blue');
});

test('copies that neither the primary nor its history names are swept at the end of a release', () => {
  const world = initialized();
  const first = copyOfPrimary(world);
  paint(world, 'green');
  next(world);
  expect(copies(world)).toHaveProperty(first);
  world.objects = world.objects.filter((object) => object.kind !== 'ReplicaSet' || !JSON.stringify(object).includes(first));
  paint(world, 'red');
  const story = next(world);
  expect(story).toMatchObject({ result: { is: 'promoted' }, wrongs: [] });
  expect(story.writes).toContain(`delete ConfigMap/${first}`);
  expect(copies(world)).not.toHaveProperty(first);
  expect(copies(world)).toHaveProperty(copyOfPrimary(world));
});

describe('a copy that may not be taken away', () => {
  const trouble: Intent = { id: 't', verb: 'trouble', by: 'not allowed to delete configmaps' };

  /** Promoted a second time; the first copy is in no history any more. */
  function leaving(): World {
    const world = initialized();
    paint(world, 'green');
    next(world);
    world.objects = world.objects.filter(({ kind }) => kind !== 'ReplicaSet');
    world.state = { ...world.state, phase: 'Finalising' };
    return world;
  }

  test('stays, and is told, where its removal was refused; the promotion stands, and the trouble is over', () => {
    const world = leaving();
    expect(rehearse(world, 1).writes).toEqual([expect.stringMatching(/^delete ConfigMap\/settings-primary-/)]);
    const refused = leaving();
    refused.intents = [trouble];
    const { result, writes, lines } = rehearse(refused, 1);
    expect({ result, writes }).toEqual({ result: { is: 'promoted' }, writes: [] });
    expect(lines[0]).toBe('copies of config that nobody names stay: not allowed to delete configmaps');
    expect(refused.state).toMatchObject({ phase: 'Succeeded', heard: ['t'] });
  });

  test('is said nothing of where there is none', () => {
    const world = initialized();
    world.state = { ...world.state, phase: 'Finalising' };
    world.intents = [trouble];
    expect(rehearse(world, 1).lines).not.toContainEqual(expect.stringContaining('copies'));
  });
});

test('a copy that may no longer be looked at is not gone: a deletion does not come to its end', () => {
  const world = initialized();
  const copy = copyOfPrimary(world);
  takeOver(world);
  world.intents = [{ id: 'd', verb: 'delete', by: 'ana@laptop' }];
  expect(rehearse(world)).toMatchObject({ result: { is: 'deleted' }, wrongs: [] });
  const { found } = look(world, world.objects);
  const closed = {
    ...found,
    one: (ref: Parameters<typeof found.one>[0]) => (ref.name === copy ? ({ is: 'forbidden', rule: 'r' } as const) : found.one(ref)),
  };
  const seen = { now: world.now, nonce: 'n', driver: 'me', kept: world.kept, answers: world.answers, intents: world.intents };
  expect(decide(world.kit, world.state, { ...seen, found }).result).toEqual({ is: 'deleted' });
  const decision = decide(world.kit, world.state, { ...seen, found: closed });
  const why = `ConfigMap ${copy} may not be looked at: r`;
  expect(decision.result).toEqual({ is: 'rolled-back', cause: { by: 'trouble', why }, confirmed: false });
  expect(decision.events.map((event) => say(event, world.kit.canary).text)).toEqual([]);
});
