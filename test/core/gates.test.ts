// The gate before a release, and the hook that calls one off: what is asked when, what is said once, and what becomes of the run.
import { describe, expect, test } from '@jest/globals';
import type { Answer } from '../../src/contracts.ts';
import type { Intent, State } from '../../src/core/types.ts';
import { exitOf } from '../../src/runner/exit.ts';
import { cluster, decideOn, hook, lines, podinfo, revision, second, split, state, t0, touched, weightAfter } from './support.ts';
import { release, said, wellAnswered, worldOf } from './worlds.ts';

const yes: Answer = { is: 'ok' };
const no: Answer = { is: 'refused', why: 'closed' };
const canary = podinfo({ hooks: [hook('enter', 'confirm-rollout'), hook('undo', 'rollback')] });
const objects = cluster({ target: 'podinfo:2' });
const rest = state('Succeeded', { revision: revision('podinfo:1') });

const id = (no_: number, name = 'confirm-rollout/0/enter', of = 'podinfo:2'): string => `nonce/${revision(of)}/${no_}/${name}`;
const asked = decideOn({ objects, canary, state: rest });
const closed = decideOn({ objects, canary, state: asked.state, answers: { [id(1)]: no } });

describe('a new revision behind a gate', () => {
  test('is asked about first: nothing has begun', () => {
    expect(asked.ask).toMatchObject([{ id: id(1), ask: 'hook', body: { phase: 'Succeeded', checksum: revision('podinfo:2') } }]);
    expect(asked.changes).toEqual([]);
    expect(asked.events).toEqual([]);
    expect(asked.state).toMatchObject({ phase: 'Succeeded', since: t0, asking: true, run: 'nonce', promoted: revision('podinfo:1') });
  });

  test('is asked about under one id, whatever randomness the next look brings', () => {
    const again = decideOn({ objects, canary, state: asked.state, nonce: 'other' });
    expect(again.state).toBe(asked.state);
    expect(again.ask.map((question) => question.id)).toEqual([id(1)]);
  });

  test('waits where the gate is closed, and says so', () => {
    expect(closed.state).toMatchObject({ phase: 'Waiting', since: t0, gate: 'enter', check: { no: 2, dueAt: t0 + 10 * second } });
    expect(closed.changes).toEqual([]);
    expect(lines(closed, canary)).toEqual(['Halt podinfo.test advancement waiting for approval enter']);
    expect(closed.wakeAt).toBe(t0 + 10 * second);
    expect(closed.state.failedChecks).toBe(0);
  });

  test('begins where it is open', () => {
    const open = decideOn({ objects, canary, state: asked.state, answers: { [id(1)]: yes } });
    expect(open.state).toMatchObject({ phase: 'Progressing', check: { no: 0 }, revision: revision('podinfo:2') });
    for (const field of ['gate', 'asking']) expect(open.state).not.toHaveProperty(field);
    expect(touched(open)).toEqual(['merge Deployment/podinfo']);
    expect(lines(open, canary)).toEqual([
      'Confirm-rollout check enter passed',
      'New revision detected podinfo.test',
      'Scaling up podinfo.test',
    ]);
  });

  test('of several gates all have to be open', () => {
    const two = podinfo({ hooks: [hook('enter', 'confirm-rollout'), hook('also', 'confirm-rollout')] });
    const also = id(1, 'confirm-rollout/1/also');
    const between = decideOn({ objects, canary: two, state: asked.state, answers: { [id(1)]: yes } });
    expect(between.ask.map((question) => question.id)).toEqual([also]);
    const shut = decideOn({ objects, canary: two, state: between.state, answers: { [also]: no } });
    expect(shut.state).toMatchObject({ phase: 'Waiting', gate: 'also' });
    const [first, second_] = [id(2), id(2, 'confirm-rollout/1/also')];
    const poll = decideOn({ objects, canary: two, state: shut.state, now: t0 + 10 * second, answers: { [first]: yes, [second_]: no } });
    expect(poll.events).toEqual([]);
    const open = decideOn({ objects, canary: two, state: shut.state, now: t0 + 10 * second, answers: { [first]: yes, [second_]: yes } });
    expect(lines(open, two)[0]).toBe('Confirm-rollout check also passed');
  });
});

describe('while the first gate has not answered', () => {
  test('a target that goes back leaves the record as it was: unchanged, with the revision of the primary', () => {
    const back = decideOn({ objects: cluster(), canary, state: asked.state });
    expect(back.state).toMatchObject({ phase: 'Succeeded', since: t0, revision: revision('podinfo:1') });
    for (const field of ['gate', 'asking']) expect(back.state).not.toHaveProperty(field);
    expect(decideOn({ objects: cluster(), canary, state: back.state })).toMatchObject({ result: { is: 'unchanged' }, state: back.state });
  });

  test.each<[Intent['verb'], string, number]>([
    ['rollback', 'person', 12],
    ['timeout', 'timeout', 13],
  ])('%s calls the release off, confirmed', (verb, by, exit) => {
    const off = decideOn({ objects, canary, state: asked.state, intents: [{ id: 'x', verb, by: 'x' }] });
    expect(off.result).toEqual({ is: 'rolled-back', cause: { by, why: 'x' }, confirmed: true });
    expect(off.result && exitOf(off.result)).toBe(exit);
    expect(off.state).not.toHaveProperty('asking');
    expect(off.changes).toEqual([]);
  });

  test.each<[string, State]>([
    ['never answered yet', asked.state],
    ['is closed', closed.state],
  ])('an image that replaced the one of this run ends it while it %s', (_, at) => {
    const mine = { ...at, imaged: { driver: 'me', from: revision('podinfo:1') } };
    const options = { image: { reference: 'podinfo:2' } };
    expect(decideOn({ objects, canary, state: mine, options }).result).toBeUndefined();
    const theirs = decideOn({ objects: cluster({ target: 'podinfo:3' }), canary, state: mine, options });
    expect(theirs.result).toEqual({ is: 'superseded', revision: revision('podinfo:3') });
    expect([theirs.changes, theirs.ask]).toEqual([[], []]);
    expect(theirs.state).toMatchObject({ phase: 'Succeeded', revision: revision('podinfo:1') });
    expect(theirs.state).not.toHaveProperty('asking');
  });
});

describe('while the gate is closed', () => {
  const later = { objects, canary, state: closed.state, now: t0 + 10 * second };

  test('nothing is asked before an interval is over', () => {
    const early = decideOn({ ...later, now: t0 + 10 * second - 1 });
    expect(early.ask).toEqual([]);
    expect(early.wakeAt).toBe(t0 + 10 * second);
  });

  test('first the rollback hooks are asked, then the gate', () => {
    const first = decideOn(later);
    expect(first.ask).toMatchObject([{ id: id(2, 'rollback/0/undo'), body: { phase: 'Waiting' } }]);
    const then = decideOn({ ...later, answers: { [id(2, 'rollback/0/undo')]: no } });
    expect(then.ask).toMatchObject([{ id: id(2), body: { phase: 'Waiting' } }]);
  });

  test('it is told once, not with every poll', () => {
    const again = decideOn({ ...later, answers: { [id(2, 'rollback/0/undo')]: no, [id(2)]: no } });
    expect(again.events).toEqual([]);
    expect(again.state).toMatchObject({ phase: 'Waiting', since: t0, gate: 'enter', check: { no: 3, dueAt: t0 + 20 * second } });
  });

  test('a rollback hook that says yes calls the release off: exit 12', () => {
    const off = decideOn({ ...later, answers: { [id(2, 'rollback/0/undo')]: yes } });
    expect(lines(off, canary)).toEqual([
      'Rollback check undo passed',
      'Rolling back podinfo.test manual webhook invoked',
      'Canary failed! Scaling down podinfo.test',
    ]);
    expect(off.result).toMatchObject({ is: 'rolled-back', confirmed: true, cause: { by: 'gate' } });
    expect(off.result && exitOf(off.result)).toBe(12);
    expect(off.changes).toEqual([]);
    expect(off.state).toMatchObject({ phase: 'Failed', failed: revision('podinfo:2') });
    for (const field of ['gate', 'asking', 'home']) expect(off.state).not.toHaveProperty(field);
  });

  test('a target that went on is another revision, asked about anew and told anew', () => {
    const changed = cluster({ target: 'podinfo:3' });
    const next = decideOn({ ...later, objects: changed, nonce: 'third' });
    expect(next.state).toMatchObject({ phase: 'Waiting', run: 'third', revision: revision('podinfo:3') });
    expect(next.state).not.toHaveProperty('gate');
    const question = `third/${revision('podinfo:3')}/1/`;
    const answers = { [`${question}rollback/0/undo`]: no, [`${question}confirm-rollout/0/enter`]: no };
    const shut = decideOn({ ...later, objects: changed, state: next.state, answers });
    expect(lines(shut, canary)).toContain('Halt podinfo.test advancement waiting for approval enter');
  });

  test('a target that came back is waited for no longer', () => {
    const back = decideOn({ ...later, objects: cluster() });
    expect(back.state).toMatchObject({ phase: 'Succeeded', revision: revision('podinfo:1') });
    for (const field of ['gate', 'asking']) expect(back.state).not.toHaveProperty(field);
    expect(decideOn({ ...later, objects: cluster(), state: back.state }).result).toEqual({ is: 'unchanged' });
  });

  test('a stop ends the run, and the next one asks on', () => {
    const decision = decideOn({ ...later, intents: [{ id: 'x', verb: 'stop', by: 'SIGINT' }] });
    expect(decision.result).toEqual({ is: 'parked', by: 'SIGINT', traffic: 'as-is' });
    expect(decision.state).toEqual({ ...closed.state, heard: ['x'] });
  });

  test.each<[Intent['verb'], string, number]>([
    ['rollback', 'person', 12],
    ['timeout', 'timeout', 13],
  ])('%s calls the release off', (verb, by, exit) => {
    const { result, changes } = decideOn({ ...later, intents: [{ id: 'x', verb, by: 'x' }] });
    expect(result).toEqual({ is: 'rolled-back', cause: { by, why: 'x' }, confirmed: true });
    expect(result && exitOf(result)).toBe(exit);
    expect(changes).toEqual([]);
  });
});

describe('rollback hooks in an analysis', () => {
  const running = cluster({ target: 'podinfo:2', canaryPods: { wanted: 2, ready: 2 }, weight: 5 });
  const of = podinfo({ hooks: [hook('undo', 'rollback')] });
  const at = (phase: 'Progressing' | 'WaitingPromotion', check: number): State =>
    state(phase, { traffic: split(5), check: { no: check, dueAt: t0 } });
  const question = (check: number): string => `run1/${revision('podinfo:2')}/${check}/rollback/0/undo`;

  test.each(['Progressing', 'WaitingPromotion'] as const)('are asked first in %s, and told where the release is', (phase) => {
    expect(decideOn({ objects: running, canary: of, state: at(phase, 3) }).ask).toMatchObject([{ id: question(3), body: { phase } }]);
  });

  test.each<[string, Answer]>([
    ['no', no],
    ['no answer', { is: 'error', why: 'ECONNREFUSED' }],
  ])('%s lets the check go on, and is told by the first check only', (_, answer) => {
    const first = decideOn({ objects: running, canary: of, state: at('Progressing', 1), answers: { [question(1)]: answer } });
    expect(first.ask).toMatchObject([{ ask: 'metric' }]);
    expect(lines(first, of)).toEqual(['Rollback hook undo not signaling a rollback']);
    const later = decideOn({ objects: running, canary: of, state: at('Progressing', 3), answers: { [question(3)]: answer } });
    expect(later.ask).toMatchObject([{ ask: 'metric' }]);
    expect(later.events).toEqual([]);
  });

  test('yes takes everything home at once', () => {
    const off = decideOn({ objects: running, canary: of, state: at('Progressing', 3), answers: { [question(3)]: yes } });
    expect(weightAfter(running, off.changes)).toBe(0);
    expect(off.state).toMatchObject({ home: { by: 'gate' }, failedChecks: 0 });
    expect(lines(off, of)).toEqual(['Rollback check undo passed', 'Rolling back podinfo.test manual webhook invoked']);
  });
});

test('a whole release through a gate that opens late', () => {
  let polls = 0;
  const world = worldOf(canary, {
    changed: {
      answer: (question) => {
        if (question.ask === 'hook' && question.hook.type === 'confirm-rollout') return ++polls < 4 ? no : yes;
        return wellAnswered(question);
      },
    },
  });
  const released = release(world);
  expect(released).toMatchObject({ result: { is: 'promoted' }, wrongs: [] });
  expect(polls).toBe(4);
  expect(said(released).slice(0, 4)).toEqual([
    'Halt podinfo.test advancement waiting for approval enter',
    'Confirm-rollout check enter passed',
    'New revision detected podinfo.test',
    'Scaling up podinfo.test',
  ]);
});
