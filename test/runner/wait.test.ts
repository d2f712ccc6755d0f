// --wait and --queue on the sandbox in virtual time: what a run waits for, what it holds meanwhile, and how the waiting ends.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { isObject } from '../../src/common/json.ts';
import type { Send } from '../../src/ports.ts';
import { signals, stage, type Ran, type Stage } from '../support/stage.ts';

const input = readFileSync(join(import.meta.dirname, '../parity/recordings/seed2-reviews/input.yaml'), 'utf8');
const good = { queries: [['histogram_quantile', 0.12] as [string, number], ['', 99.9] as [string, number]] };
const minutes = 60_000;

function setUp(): Promise<Stage> {
  return stage('test', input, good);
}

function ended({ outcomes }: Ran): object {
  const [outcome] = outcomes;
  return { exit: outcome?.exitCode, is: outcome?.result.is, changed: outcome?.changed };
}

function pass(at: Stage, ms: number): Promise<void> {
  return at.sandbox.clock.sleep(ms, new AbortController().signal);
}

function driverOf(at: Stage): unknown {
  const data = at.sandbox.world.get('ConfigMap', 'test', 'canary-deployment-reviews')?.['data'];
  const state: unknown = isObject(data) && typeof data['state'] === 'string' ? JSON.parse(data['state']) : {};
  return isObject(state) ? state['driver'] : undefined;
}

describe('--wait', () => {
  test('initialized, then a push is driven to its end by the same run', async () => {
    const at = await setUp();
    const running = at.run({ wait: 30 * minutes });
    await pass(at, 5 * minutes);
    expect(driverOf(at)).toBe('');
    await at.sandbox.setImage('test', 'reviews', 'podinfo:3.1.1');
    const ran = await running;
    expect(ended(ran)).toEqual({ exit: 0, is: 'promoted', changed: true });
    expect(ran.lines.filter((line) => /Initialization done|New revision detected|Promotion completed/.test(line))).toHaveLength(3);
    expect(ran.notes).toContain('waiting up to 1800s for the next revision');
  });

  test('nothing comes: exit 0, changed says whether this run initialized, and the revision is named', async () => {
    const at = await setUp();
    const first = await at.run({ wait: 10 * minutes });
    expect(ended(first)).toEqual({ exit: 0, is: 'initialized', changed: true });
    expect(first.outcomes[0]?.revision).toMatch(/^[0-9a-f]{10}$/);
    const before = at.sandbox.clock.now();
    expect(ended(await at.run({ wait: 10 * minutes }))).toEqual({ exit: 0, is: 'unchanged', changed: false });
    const took = at.sandbox.clock.now() - before;
    expect([took >= 10 * minutes, took < 11 * minutes]).toEqual([true, true]);
  });

  test('the whole run’s time-out ends the waiting: nothing is begun that would be rolled back at once', async () => {
    const at = await setUp();
    await at.run();
    expect(ended(await at.run({ wait: 60 * minutes, timeout: 10 * minutes }))).toEqual({ exit: 0, is: 'unchanged', changed: false });
  });

  test('Ctrl-C while it waits: 130, and nothing is held', async () => {
    const at = await setUp();
    const stop = signals();
    const running = at.run({ wait: 30 * minutes, signals: stop });
    await pass(at, 5 * minutes);
    stop.send('SIGINT');
    expect(ended(await running)).toEqual({ exit: 130, is: 'parked', changed: false });
    expect([driverOf(at), at.sandbox.world.list('Lease', 'test')]).toEqual(['', []]);
  });

  test('a cluster that does not answer for some minutes is waited for', async () => {
    const at = await setUp();
    await at.run();
    let isGone = false;
    const api =
      (send: Send): Send =>
      (wire, signal) =>
        isGone ? Promise.reject(new Error('connect ECONNREFUSED')) : send(wire, signal);
    const running = at.run({ wait: 30 * minutes, api });
    await pass(at, 5 * minutes);
    isGone = true;
    await pass(at, 4 * minutes);
    isGone = false;
    await at.sandbox.setImage('test', 'reviews', 'podinfo:3.1.1');
    expect(ended(await running)).toEqual({ exit: 0, is: 'promoted', changed: true });
  });
});

describe('--queue', () => {
  async function withHolder(): Promise<{ at: Stage; first: Promise<Ran> }> {
    const at = await setUp();
    await at.run();
    await at.sandbox.setImage('test', 'reviews', 'podinfo:3.1.1');
    const first = at.run({ seed: 'first' });
    await pass(at, 20_000);
    return { at, first };
  }

  test('the second waits for the first to end, says so once, and finds nothing to do', async () => {
    const { at, first } = await withHolder();
    const second = await at.run({ seed: 'second', queue: true });
    expect(ended(await first)).toEqual({ exit: 0, is: 'promoted', changed: true });
    expect(ended(second)).toEqual({ exit: 0, is: 'unchanged', changed: false });
    expect(second.notes.filter((note) => note.startsWith('waiting for first@test'))).toHaveLength(1);
  });

  test('with a revision of its own the first hands over, and the second goes on to promoted', async () => {
    const { at, first } = await withHolder();
    const second = await at.run({ seed: 'second', queue: true, image: { reference: 'podinfo:3.1.2' } });
    expect(ended(await first)).toEqual({ exit: 15, is: 'superseded', changed: false });
    expect(ended(second)).toEqual({ exit: 0, is: 'promoted', changed: true });
    const containers = JSON.stringify(at.sandbox.world.get('Deployment', 'test', 'reviews-primary')?.['spec']);
    expect(containers).toContain('podinfo:3.1.2');
  });

  test('what was asked of a driver that is gone is not obeyed by the next one', async () => {
    const { at, first } = await withHolder();
    const stop = signals();
    const second = at.run({ seed: 'second', queue: true, image: { reference: 'podinfo:3.1.2' }, signals: stop });
    expect(ended(await first)).toMatchObject({ is: 'superseded' });
    stop.send('SIGINT');
    await second;
    expect(ended(await at.run({ seed: 'third' }))).toMatchObject({ exit: 0, is: 'promoted' });
  });

  test('Ctrl-C in the queue leaves the first alone', async () => {
    const { at, first } = await withHolder();
    const stop = signals();
    const second = at.run({ seed: 'second', queue: true, signals: stop });
    await pass(at, 30_000);
    stop.send('SIGINT');
    expect(ended(await second)).toEqual({ exit: 130, is: 'stopped', changed: false });
    expect(ended(await first)).toEqual({ exit: 0, is: 'promoted', changed: true });
  });
});
