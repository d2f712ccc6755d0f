// What a release owes to others: written down before it is sent, delivered one at a time to each, taken off when it was answered, and left to
// the next run where nobody answered.
import { describe, expect, test } from '@jest/globals';
import type { Answer } from '../../src/contracts.ts';
import { resumed } from '../../src/core/resume.ts';
import type { Decision, Owed, State } from '../../src/core/types.ts';
import type { AlertTarget } from '../../src/spec/types.ts';
import { cluster, decideOn, hook, kit, lines, podinfo, revision, split, state, t0 } from './support.ts';
import { release, worldOf } from './worlds.ts';

const ok: Answer = { is: 'ok' };
const failed: Answer = { is: 'error', why: 'HTTP 500' };

function chat(name: string, severity: AlertTarget['severity'] = 'info', changed: Partial<AlertTarget> = {}): AlertTarget {
  const found = { type: 'slack', channel: 'general', username: 'flagger', address: 'http://chat' };
  return { name, severity, ref: { name, namespace: 'test' }, found, where: 'canary.yaml:1:1', ...changed };
}

const canary = podinfo({
  hooks: [hook('one', 'post-rollout'), hook('two', 'post-rollout')],
  alerts: [chat('team'), chat('pager', 'error')],
});
const objects = cluster({ target: 'podinfo:2', primary: 'podinfo:2' });
const promoted = decideOn({ objects, canary, state: state('Finalising', { check: { no: 9, dueAt: t0 } }) });
const debts = { one: 'owed/run1/9/promoted/hook/0', two: 'owed/run1/9/promoted/hook/1', team: 'owed/run1/9/promoted/alert/0' };

function then(
  before: Decision | State,
  answers: Record<string, Answer> = {},
  more: Partial<Parameters<typeof decideOn>[0]> = {},
): Decision {
  return decideOn({ objects, canary, state: 'state' in before ? before.state : before, answers, ...more });
}

const asked = ({ ask }: Decision): string[] => ask.map(({ id }) => id);

describe('with the decision that causes it', () => {
  test('it is written down, each by an id of its own', () => {
    expect(promoted.state.owed).toEqual([
      { id: debts.one, is: 'hook', hook: 0, revision: revision('podinfo:2'), phase: 'Succeeded' },
      { id: debts.two, is: 'hook', hook: 1, revision: revision('podinfo:2'), phase: 'Succeeded' },
      {
        id: debts.team,
        is: 'alert',
        to: 'test/team',
        severity: 'info',
        text: 'Canary analysis completed successfully, promotion finished.',
        facts: false,
      },
    ]);
  });

  test('the result waits for it, and is in the record', () => {
    expect(promoted.result).toBeUndefined();
    expect(promoted.state).toMatchObject({ phase: 'Succeeded', closing: { is: 'promoted' } });
    expect(lines(promoted, canary)).toEqual(['Promotion completed! Scaling down podinfo.test']);
  });

  test('hooks go one after the other, chats beside them', () => {
    expect(promoted.ask).toMatchObject([
      { id: debts.one, ask: 'hook', body: { phase: 'Succeeded', checksum: revision('podinfo:2') } },
      { id: debts.team, ask: 'alert', to: { name: 'team' }, alert: { about: 'podinfo.test', severity: 'info', fields: [] } },
    ]);
  });

  test('a release that owes nothing ends at once', () => {
    const decision = decideOn({ objects, state: state('Finalising') });
    expect(decision.result).toEqual({ is: 'promoted' });
    expect(decision.state).not.toHaveProperty('closing');
  });
});

describe('post-rollout hooks', () => {
  const second = then(promoted, { [debts.one]: ok, [debts.team]: ok });

  test('are told when they passed, and the next one is called', () => {
    expect(lines(second, canary)).toEqual(['Post-rollout check one passed']);
    expect(asked(second)).toEqual([debts.two]);
    expect(second.result).toBeUndefined();
  });

  test('then comes the result, and nothing is left', () => {
    const last = then(second, { [debts.one]: ok, [debts.team]: ok, [debts.two]: ok });
    expect(last.result).toEqual({ is: 'promoted' });
    expect(last.ask).toEqual([]);
    expect(last.state.owed).toEqual([]);
    expect(last.state).not.toHaveProperty('closing');
    expect(lines(last, canary)).toEqual(['Post-rollout check two passed']);
  });

  test('one that fails stops the later ones, and changes no result', () => {
    const last = then(promoted, { [debts.one]: { is: 'refused', why: 'smoke' }, [debts.team]: ok });
    expect(lines(last, canary)).toEqual(['Post-rollout hook one failed smoke']);
    expect(last.state.owed).toEqual([]);
    expect(last.result).toEqual({ is: 'promoted' });
  });

  test('are told of a failure too, with the phase Failed', () => {
    const home = state('Progressing', { home: { by: 'checks', failed: 1, metric: 'm', why: 'w' } });
    const decision = decideOn({ objects: cluster({ target: 'podinfo:2' }), canary, state: home });
    expect(decision.state).toMatchObject({ phase: 'Failed', closing: { is: 'rolled-back', confirmed: true } });
    expect(decision.ask).toMatchObject([{ ask: 'hook', body: { phase: 'Failed' } }]);
  });

  test('are all called, however many there are', () => {
    const canary = podinfo({ hooks: Array.from({ length: 30 }, (_, no) => hook(`hook${no}`, 'post-rollout')) });
    const called: string[] = [];
    let decision = decideOn({ objects, canary, state: state('Finalising') });
    for (let pass = 0; pass < 40 && !decision.result; pass++) {
      const answers = Object.fromEntries(asked(decision).map((id) => [id, ok]));
      called.push(...decision.ask.map((question) => (question.ask === 'hook' ? question.hook.name : question.ask)));
      decision = then(decision, answers, { canary });
    }
    expect(called).toEqual(canary.hooks.map(({ name }) => name));
    expect(decision.result).toEqual({ is: 'promoted' });
  });

  test('of one name are two hooks: both are called', () => {
    const twins = podinfo({ hooks: ['one', 'two'].map((path) => hook('tell', 'post-rollout', { url: `http://${path}` })) });
    const first = decideOn({ objects, canary: twins, state: state('Finalising') });
    expect(first.ask).toMatchObject([{ hook: { url: 'http://one' } }]);
    const next = then(first, Object.fromEntries(asked(first).map((id) => [id, ok])), { canary: twins });
    expect(next.ask).toMatchObject([{ hook: { url: 'http://two' } }]);
  });

  test('are told of the revision that they belong to, also by a run that releases another', () => {
    const next = cluster({ target: 'podinfo:3', primary: 'podinfo:2' });
    const decision = then({ ...promoted.state, closing: undefined } as unknown as State, {}, { objects: next, nonce: 'next' });
    expect(decision.state.revision).toBe(revision('podinfo:3'));
    expect(decision.ask).toContainEqual(
      expect.objectContaining({ id: debts.one, body: expect.objectContaining({ checksum: revision('podinfo:2') }) }),
    );
  });

  test('one that fails stops no hook of another release', () => {
    const before: Owed = { id: 'owed/run0/9/promoted/hook/1', is: 'hook', hook: 1, revision: revision('podinfo:1'), phase: 'Succeeded' };
    const last = then({ ...promoted.state, owed: [before, ...promoted.state.owed] }, { [before.id]: failed });
    expect(lines(last, canary)).toEqual(['Post-rollout hook two failed HTTP 500']);
    expect(last.state.owed).toEqual(promoted.state.owed);
    expect(asked(last)).toEqual([debts.one, debts.team]);
  });

  test('one that the file names no more is no reason to wait', () => {
    const bare = podinfo({ alerts: [] });
    expect(then(promoted, {}, { canary: bare }).result).toEqual({ is: 'promoted' });
  });
});

describe('alerts', () => {
  const only = podinfo({ alerts: [chat('team'), chat('pager', 'error')] });
  const alerted = decideOn({ objects, canary: only, state: state('Finalising') });
  const [debt = { id: '' }] = alerted.state.owed;

  test('are delivered once: an answer that is still there brings no second one', () => {
    const last = then(alerted, { [debt.id]: ok }, { canary: only });
    expect(last.result).toEqual({ is: 'promoted' });
    const next = then(last, { [debt.id]: ok }, { canary: only });
    expect(next.ask).toEqual([]);
    expect(next.result).toEqual({ is: 'unchanged' });
  });

  test('one that cannot be delivered is a note, and no reason to try for ever', () => {
    const last = then(alerted, { [debt.id]: failed }, { canary: only });
    expect(last.events).toMatchObject([{ tell: 'note', text: 'an alert did not reach test/team: HTTP 500' }]);
    expect(last.result).toEqual({ is: 'promoted' });
    expect(last.state.owed).toEqual([]);
  });

  test('go only to those who asked for their severity', () => {
    const home = state('Progressing', { traffic: split(5) });
    const off = decideOn({
      objects: cluster({ target: 'podinfo:2' }),
      canary: only,
      state: home,
      intents: [{ id: 'x', verb: 'trouble', by: 'x' }],
    });
    expect(off.state.owed.map((each) => each.is === 'alert' && `${each.to} ${each.severity}`)).toEqual([
      'test/team error',
      'test/pager error',
    ]);
    expect(alerted.state.owed).toHaveLength(1);
  });

  test('a gate that closes is told once, and not at all where it is muted', () => {
    for (const muteAlert of [false, true]) {
      const gated = { ...only, hooks: [hook('enter', 'confirm-rollout', { muteAlert })] };
      const sight = { objects: cluster({ target: 'podinfo:2' }), canary: gated };
      const first = decideOn({ ...sight, state: state('Succeeded', { run: 'old' }) });
      const no: Answer = { is: 'refused', why: 'no' };
      const shut = decideOn({ ...sight, state: first.state, answers: Object.fromEntries(first.ask.map(({ id }) => [id, no])) });
      expect(shut.state.owed).toHaveLength(muteAlert ? 0 : 1);
      const again = decideOn({ ...sight, state: shut.state, now: t0 + 10_000 });
      const polls = again.ask.filter(({ ask }) => ask === 'hook').map(({ id }) => [id, no]);
      expect(decideOn({ ...sight, state: again.state, now: t0 + 10_000, answers: Object.fromEntries(polls) }).state.owed).toHaveLength(
        muteAlert ? 0 : 1,
      );
    }
  });

  test('to a chat that is not known here are left for a run that knows it', () => {
    const { found: _, ...unknown } = chat('team');
    const last = then(promoted, {}, { canary: { ...only, alerts: [unknown] } });
    expect(last.result).toEqual({ is: 'promoted' });
    expect(last.state.owed).toContainEqual(expect.objectContaining({ id: debts.team }));
  });

  const old = (no: number, id = `o/${no}`): Owed => ({ id, is: 'hook', hook: 99, revision: '', phase: 'Failed' });

  test('never are more than a record can hold: the oldest go first', () => {
    const many = Array.from({ length: 100 }, (_, no) => old(no));
    expect(JSON.stringify(many).length).toBeLessThan(7_500);
    const { owed } = decideOn({ objects, canary: only, state: { ...state('Finalising'), owed: many } }).state;
    expect(owed).toHaveLength(100);
    expect(owed[0]).toEqual(many[1]);
    expect(owed.at(-1)).toMatchObject({ is: 'alert' });
  });

  test('never are longer than a record can hold: the oldest go first', () => {
    const long = Array.from({ length: 30 }, (_, no) => old(no, `o/${no}/${'x'.repeat(500)}`));
    const { owed } = decideOn({ objects, canary: only, state: { ...state('Finalising'), owed: long } }).state;
    const size = JSON.stringify(owed).length;
    expect(size).toBeLessThanOrEqual(8_000);
    expect(size).toBeGreaterThan(7_000);
    expect(owed.slice(0, -1)).toEqual(long.slice(1 - owed.length));
    expect(owed.at(-1)).toMatchObject({ is: 'alert' });
  });
});

describe('a run that ends before all is delivered', () => {
  const who = { now: t0, nonce: 'next', epoch: 2, driver: 'me', host: 'h' };

  test('by a stop: the result is told at once, and the debts stay', () => {
    const stopped = then(promoted, {}, { intents: [{ id: 's', verb: 'stop', by: 'SIGINT' }] });
    expect(stopped.result).toEqual({ is: 'promoted' });
    expect(stopped.ask).toEqual([]);
    expect(stopped.state.owed).toHaveLength(3);
    expect(stopped.state).not.toHaveProperty('closing');
  });

  test('by its death: the next run delivers with the same ids, and then has nothing to do', () => {
    const next = resumed(kit(canary), { state: promoted.state, spec: {} }, who);
    const begun = then(next);
    expect(asked(begun)).toEqual([debts.one, debts.team]);
    expect(begun.state.closing).toEqual({ is: 'unchanged' });
    const last = then(begun, { [debts.one]: ok, [debts.team]: ok, [debts.two]: ok });
    const over = last.result ? last : then(last, { [debts.one]: ok, [debts.team]: ok, [debts.two]: ok });
    expect(over.result).toEqual({ is: 'unchanged' });
    expect(over.state.owed).toEqual([]);
  });

  test('a stop in an analysis waits for nobody', () => {
    const at5 = state('Progressing', { traffic: split(5), owed: promoted.state.owed });
    const here = cluster({ target: 'podinfo:2', canaryPods: { wanted: 2, ready: 2 } });
    const parked = decideOn({ objects: here, canary, state: at5, intents: [{ id: 's', verb: 'stop', by: 'SIGINT' }] });
    expect(parked.result).toMatchObject({ is: 'parked' });
    expect(parked.ask).toEqual([]);
    expect(parked.state.owed).toEqual(promoted.state.owed);
  });

  test('debts never hold up a release: they are delivered beside it', () => {
    const at5 = state('Progressing', { traffic: split(5), check: { no: 2, dueAt: t0 }, owed: promoted.state.owed });
    const here = cluster({ target: 'podinfo:2', canaryPods: { wanted: 2, ready: 2 }, weight: 5 });
    const decision = decideOn({ objects: here, canary, state: at5 });
    expect(decision.ask.map(({ ask }) => ask)).toEqual(['metric', 'hook', 'alert']);
  });
});

test.each([0, 1, 2, 3, 5, 8, 13, 21])('killed after %d passes, each end is told under one id only, and nothing is left', (killed) => {
  const heard: string[] = [];
  const world = worldOf(canary, {
    changed: {
      answer: (question) => {
        if (question.id.startsWith('owed/') && !heard.includes(question.id)) heard.push(question.id);
        return question.ask === 'metric' ? { is: 'value', value: 100 } : ok;
      },
    },
  });
  expect(release(world, killed ? { passes: killed } : undefined)).toMatchObject({ wrongs: [] });
  const ends = heard.filter((id) => id.includes('/promoted/')).map((id) => id.split('/').slice(3).join('/'));
  expect(ends.sort()).toEqual(['promoted/alert/0', 'promoted/hook/0', 'promoted/hook/1']);
  expect(heard.filter((id) => id.includes('/initialized/'))).toHaveLength(1);
  expect(world.state.owed).toEqual([]);
});
