// What a run says and leaves when it cannot, or need not, drive: exit codes, and not one write.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import yaml from 'js-yaml';
import { customKind } from '../../src/sandbox/index.ts';
import type { Obj } from '../../src/contracts.ts';
import type { Send } from '../../src/ports.ts';
import { heal } from '../../src/runner/heal.ts';
import type { Reporter } from '../../src/runner/types.ts';
import { killAt } from '../faults/kill.ts';
import { signals, stage, staged, type RunOptions, type Stage } from '../support/stage.ts';

const input = readFileSync(join(import.meta.dirname, '../parity/recordings/seed2-reviews/input.yaml'), 'utf8');
const good = { queries: [['histogram_quantile', 0.12] as [string, number], ['', 99.9] as [string, number]] };
const silent: Reporter = { event: () => undefined, note: () => undefined, result: () => undefined };

/** One run, and what it wrote. */
async function watched(
  at: Stage,
  options: RunOptions = {},
): Promise<{ exit: number; why: string; next: string | undefined; writes: string[] }> {
  const writes: string[] = [];
  const api = (send: Send): Send => {
    return (wire, signal) => {
      if (wire.method !== 'GET' && !wire.url.includes('selfsubject')) writes.push(`${wire.method} ${wire.url}`);
      return send(wire, signal);
    };
  };
  const { outcomes } = await at.run({ api, ...options });
  const [outcome] = outcomes;
  if (!outcome) throw new Error('no outcome');
  return { exit: outcome.exitCode, why: outcome.why, next: outcome.next, writes };
}

describe('before anything is written', () => {
  test('a metrics server that does not answer: exit 5, naming the flag', async () => {
    const at = await stage('test', input, good);
    const ran = await watched(at, { http: () => () => Promise.reject(new Error('connect ECONNREFUSED')) });
    expect(ran).toMatchObject({ exit: 5, writes: [] });
    expect(ran.why).toContain('metrics server http://prometheus:9090 does not answer');
    expect(ran.next).toContain('--metrics-url');
  });

  test('a right that is missing: exit 4, with the rule to add', async () => {
    const at = await stage('test', input, good);
    at.sandbox.world.denied.push({ verb: 'patch', group: 'apps', resource: 'deployments' });
    const ran = await watched(at);
    expect(ran).toMatchObject({ exit: 4, writes: [] });
    expect(ran.next).toContain('resources: ["deployments"], verbs: ["patch"]');
  });

  test('a routing kind that is not served: exit 6, naming it and the provider', async () => {
    const at = await stage('test', input, good);
    const { kinds } = at.sandbox.world;
    kinds.splice(0, kinds.length, ...kinds.filter(({ kind }) => kind !== 'VirtualService'));
    const ran = await watched(at);
    expect(ran).toMatchObject({ exit: 6, writes: [] });
    expect(ran.why).toContain('VirtualService');
    expect(ran.next).toContain('provider istio needs it');
  });

  test('the target is not there: exit 6', async () => {
    const at = await stage(
      'test',
      input.replace('kind: Deployment\nmetadata:\n  name: reviews', 'kind: Deployment\nmetadata:\n  name: other'),
      good,
    );
    expect(await watched(at)).toMatchObject({ exit: 6, why: 'Deployment reviews is not there in namespace test', writes: [] });
  });

  test("a live Flagger's Canary on the same target: exit 7", async () => {
    const at = await stage('test', input, good);
    at.sandbox.world.kinds.push(customKind({ group: 'flagger.app', versions: ['v1beta1'], kind: 'Canary', plural: 'canaries' }));
    const canary = (yaml.loadAll(input) as Obj[]).find(({ kind }) => kind === 'Canary');
    await at.sandbox.apply([{ ...canary, metadata: { name: 'theirs', namespace: 'test' } } as Obj]);
    const ran = await watched(at);
    expect(ran).toMatchObject({ exit: 7, writes: [] });
    expect(ran.why).toContain('driven by Flagger: its Canary theirs');
  });

  test('a target that another canary drives: exit 7', async () => {
    const at = await stage('test', input, good);
    await at.run();
    const rival = { ...at, canaries: at.canaries.map((canary) => ({ ...canary, name: 'rival' })) };
    const ran = await watched(staged(rival));
    expect(ran).toMatchObject({ exit: 7, writes: [] });
    expect(ran.why).toContain('is the target of the canary reviews already');
  });

  test('a provider that was changed since the last run: exit 6, naming the field', async () => {
    const at = await stage('test', input, good);
    await at.run();
    const [canary] = at.canaries;
    if (!canary) throw new Error('no canary');
    const spec = canary.source['spec'] as Record<string, never>;
    const moved = {
      ...canary,
      service: { ...canary.service, name: 'elsewhere' },
      source: { ...canary.source, spec: { ...spec, service: { ...(spec['service'] as unknown as object), name: 'elsewhere' } } },
    };
    const ran = await watched(staged({ ...at, canaries: [moved as typeof canary] }));
    expect(ran).toMatchObject({ exit: 6, writes: [] });
    expect(ran.why).toContain('spec.service.name was changed since the last run');
    expect(ran.next).toContain('canary delete reviews -n test');
  });

  test('nothing to do: exit 0, and not one write', async () => {
    const at = await stage('test', input, good);
    await at.run();
    expect(await watched(at)).toMatchObject({ exit: 0, writes: [] });
  });
});

describe('a driver that is alive', () => {
  test('is left alone: exit 7 within some seconds, and not one write', async () => {
    const at = await stage('test', input, good);
    await at.run();
    await at.sandbox.setImage('test', 'reviews', 'podinfo:3.1.1');
    const first = at.run({ seed: 'first' });
    await at.sandbox.clock.sleep(20_000, new AbortController().signal);
    const second = await watched(at, { seed: 'second' });
    expect(second).toMatchObject({ exit: 7, writes: [] });
    expect(second.why).toContain('is driven by first@test, which is alive');
    expect((await first).outcomes[0]?.exitCode).toBe(0);
  });
});

describe('in the queue', () => {
  const image = (reference: string): { image: { reference: string } } => ({ image: { reference } });

  test('a run without a revision of its own waits for the holder to end', async () => {
    const at = await stage('test', input, good);
    await at.run();
    await at.sandbox.setImage('test', 'reviews', 'podinfo:3.1.1');
    const first = at.run({ seed: 'first' });
    await at.sandbox.clock.sleep(20_000, new AbortController().signal);
    const second = await at.run({ seed: 'second', queue: true });
    expect((await first).outcomes[0]?.result).toEqual({ is: 'promoted' });
    expect(second.outcomes[0]?.result).toEqual({ is: 'unchanged' });
  });

  test('one that brings a revision is given way to, and drives it to its end', async () => {
    const at = await stage('test', input, good);
    await at.run();
    const first = at.run({ seed: 'first', ...image('podinfo:3.1.1') });
    await at.sandbox.clock.sleep(20_000, new AbortController().signal);
    const second = await at.run({ seed: 'second', queue: true, ...image('podinfo:3.1.2') });
    expect((await first).outcomes[0]).toMatchObject({ exitCode: 15, result: { is: 'superseded', revision: 'podinfo:3.1.2' } });
    expect(second.outcomes[0]?.result).toEqual({ is: 'promoted' });
    expect(JSON.stringify(at.sandbox.world.get('Deployment', 'test', 'reviews-primary'))).toContain('podinfo:3.1.2');
  });
});

describe('one killed, and two that come to go on', () => {
  test('the second leaves alone whoever took over while it watched the dead one', async () => {
    const at = await orphan();
    const first = at.run({ seed: 'first' });
    await at.sandbox.clock.sleep(12_000, new AbortController().signal);
    const second = await watched(at, { seed: 'second' });
    expect(second).toMatchObject({ exit: 7, writes: [] });
    expect(second.why).toContain('is driven by first@test, which is alive');
    expect((await first).outcomes[0]?.exitCode).toBe(0);
  });

  test('heal of all orphans leaves alone whoever took over while it watched the dead one', async () => {
    const at = await orphan();
    const healing = heal(request(at));
    await at.sandbox.clock.sleep(5_000, new AbortController().signal);
    const taken = at.run({ seed: 'taker', takeover: true });
    expect(await healing).toMatchObject([{ name: 'reviews', is: 'alive' }]);
    expect((await taken).outcomes[0]?.exitCode).toBe(0);
  });
});

async function orphan(): Promise<Stage> {
  const at = await stage('test', input, good);
  await at.run();
  await at.sandbox.setImage('test', 'reviews', 'podinfo:3.1.1');
  const killer = killAt(Infinity, 'before');
  const dead = new Promise((resolve) => killer.onDeath(() => resolve(undefined)));
  const onLine = ({ text }: { text: string }): void => (text.endsWith('weight 20') ? killer.kill() : undefined);
  await Promise.race([at.run({ api: (send) => killer.wrap(send), clock: (clock) => killer.clock(clock), onLine }), dead]);
  return at;
}

function request(at: Stage, name?: string): Parameters<typeof heal>[0] {
  let count = 0;
  return {
    world: at.sandbox.asWorld(),
    namespace: 'test',
    host: 'ana@laptop',
    reporter: silent,
    random: () => `heal-${++count}`,
    ...(name ? { name } : {}),
  };
}

function weights(at: Stage): string[] {
  const route = JSON.stringify(at.sandbox.world.get('VirtualService', 'test', 'reviews')?.['spec']);
  return [...route.matchAll(/"weight":(\d+)/g)].map(([, weight]) => weight ?? '');
}

describe('heal', () => {
  test('a weight that was held on an interrupt is brought home', async () => {
    const at = await stage('test', input, good);
    await at.run();
    await at.sandbox.setImage('test', 'reviews', 'podinfo:3.1.1');
    const told = signals();
    const onLine = ({ text }: { text: string }): void => (text.endsWith('weight 20') ? told.send('SIGINT') : undefined);
    await at.run({ onInterrupt: 'hold', signals: told, onLine });
    expect(weights(at)).toEqual(['80', '20']);
    expect(await heal(request(at, 'reviews'))).toMatchObject([{ is: 'parked' }]);
    expect(weights(at)).toEqual(['100', '0']);
  });

  test('by name: all traffic on the primary, the record released, and the next run goes on', async () => {
    const at = await orphan();
    expect(weights(at)).toEqual(['80', '20']);
    expect(await heal(request(at, 'reviews'))).toMatchObject([{ name: 'reviews', is: 'parked' }]);
    expect(weights(at)).toEqual(['100', '0']);
    const { lines, outcomes } = await at.run();
    expect(outcomes[0]?.exitCode).toBe(0);
    expect(lines[0]).toBe('Normal Advance reviews.test canary weight 20');
  });

  test('all orphans: a dead one is parked, and then there is nothing to do', async () => {
    const at = await orphan();
    expect(await heal(request(at))).toMatchObject([{ name: 'reviews', is: 'parked' }]);
    expect(await heal(request(at))).toMatchObject([{ name: 'reviews', is: 'nothing-to-do' }]);
  });

  test('all orphans: one that is driven is left alone', async () => {
    const at = await stage('test', input, good);
    await at.run();
    await at.sandbox.setImage('test', 'reviews', 'podinfo:3.1.1');
    const first = at.run({ seed: 'first' });
    await at.sandbox.clock.sleep(20_000, new AbortController().signal);
    expect(await heal(request(at))).toMatchObject([{ name: 'reviews', is: 'alive' }]);
    expect((await first).outcomes[0]?.exitCode).toBe(0);
  });
});

describe('several canaries in one run', () => {
  const other = input.replace(/reviews/g, 'ratings').replaceAll('9080', '9081');

  test('each to its own end, through one queue', async () => {
    const at = await stage('test', `${input}\n---\n${other}`, good);
    expect((await at.run()).outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    await at.sandbox.setImage('test', 'ratings', 'podinfo:3.1.1');
    const { outcomes } = await at.run();
    expect(outcomes.map(({ canary, result }) => `${canary.name} ${result.is}`)).toEqual(['reviews unchanged', 'ratings promoted']);
  });

  test('one that cannot start does not stop the others', async () => {
    const at = await stage(
      'test',
      `${input}\n---\n${other}`.replace('kind: Deployment\nmetadata:\n  name: ratings', 'kind: Deployment\nmetadata:\n  name: gone'),
      good,
    );
    const { outcomes } = await at.run();
    expect(outcomes.map(({ canary, exitCode }) => `${canary.name} ${exitCode}`)).toEqual(['reviews 0', 'ratings 6']);
  });
});
