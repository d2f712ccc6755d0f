// Webhooks around a release in whole runs: gates that never answer, or open late, or to another revision; names of any length and in any script;
// and --timeout, also behind another driver.
import { describe, expect, test } from '@jest/globals';
import { signals } from '../support/stage.ts';
import { last, setUp, shares, sleep, unanswered, withHooks } from './adopted.ts';

const promoted = { exitCode: 0, is: 'promoted' };
const onPrimary = { 'test/podinfo-primary': 100 };
const image = (reference: string): { image: { reference: string } } => ({ image: { reference } });

function imageOf(object: unknown): string | undefined {
  return /"image":"([^"]+)"/.exec(JSON.stringify(object))?.[1];
}

describe('the gate before a release', () => {
  const gated = withHooks(['confirm-rollout', 'enter']);

  test('an image of somebody else behind it is not released for this run: exit 15', async () => {
    const { at } = await setUp(gated, { enter: [403, 403, 403, 403, 200] });
    await at.run();
    const running = at.run(image('podinfo:3.1.1'));
    await sleep(at, 25_000);
    await at.sandbox.setImage('test', 'podinfo', 'podinfo:3.1.2');
    const ran = await running;
    expect(last(ran)).toEqual({ exitCode: 15, is: 'superseded' });
    expect(imageOf(at.sandbox.world.get('Deployment', 'test', 'podinfo-primary'))).toBe('podinfo:3.1.0');
    expect(last(await at.run())).toEqual(promoted);
    expect(imageOf(at.sandbox.world.get('Deployment', 'test', 'podinfo-primary'))).toBe('podinfo:3.1.2');
  });

  test('one that does not answer before --timeout: rolled back and confirmed, exit 13', async () => {
    const { at } = await setUp(gated);
    await at.run();
    await at.sandbox.setImage('test', 'podinfo', 'podinfo:3.1.1');
    const ran = await at.run({ http: unanswered, timeout: 60_000 });
    expect(ran.outcomes[0]).toMatchObject({ exitCode: 13, result: { is: 'rolled-back', cause: { by: 'timeout' }, confirmed: true } });
    expect(shares(at)).toEqual({ inside: onPrimary, outside: onPrimary });
  });

  test('a target that goes back before it answers: nothing was released, and nothing is left of it', async () => {
    const { at } = await setUp(gated);
    const { outcomes } = await at.run();
    await at.sandbox.setImage('test', 'podinfo', 'podinfo:3.1.1');
    const running = at.run({ http: unanswered, timeout: 90_000 });
    await sleep(at, 20_000);
    await at.sandbox.setImage('test', 'podinfo', 'podinfo:3.1.0');
    const ran = await running;
    expect(last(ran)).toEqual({ exitCode: 0, is: 'unchanged' });
    expect(ran.outcomes[0]?.revision).toBe(outcomes[0]?.revision);
    const record = JSON.stringify(at.sandbox.world.get('ConfigMap', 'test', 'canary-deployment-podinfo'));
    expect(record).toContain(outcomes[0]?.revision ?? 'a revision');
    expect(record).not.toContain('asking');
  });

  test('of two, the one that is open is said once, and the closed one too', async () => {
    const { at } = await setUp(withHooks(['confirm-rollout', 'first'], ['confirm-rollout', 'second']), { second: [403, 403, 403, 200] });
    await at.run();
    await at.sandbox.setImage('test', 'podinfo', 'podinfo:3.1.1');
    const ran = await at.run();
    expect(last(ran)).toEqual(promoted);
    expect(at.script.hooks.filter(({ path }) => path === 'first').length).toBeGreaterThan(3);
    expect(ran.lines.filter((line) => /check (first|second)|approval/.test(line))).toEqual([
      'Normal Confirm-rollout check first passed',
      'Warning Halt podinfo.test advancement waiting for approval second',
      'Normal Confirm-rollout check second passed',
    ]);
  });
});

describe('post-rollout hooks', () => {
  test('two of one name are both called, in their order', async () => {
    const { at } = await setUp(withHooks(['post-rollout', 'tell', 'one'], ['post-rollout', 'tell', 'two']));
    await at.run();
    at.script.hooks.splice(0);
    await at.sandbox.setImage('test', 'podinfo', 'podinfo:3.1.1');
    expect(last(await at.run())).toEqual(promoted);
    expect(at.script.hooks.map(({ path }) => path)).toEqual(['one', 'two']);
  });

  test('thirty with the longest names are all called', async () => {
    const names = Array.from({ length: 30 }, (_, no) => `${no}-`.padEnd(200, 'x'));
    const { at } = await setUp(withHooks(...names.map((name, no): [string, string, string] => ['post-rollout', name, `hook${no}`])));
    await at.run();
    at.script.hooks.splice(0);
    await at.sandbox.setImage('test', 'podinfo', 'podinfo:3.1.1');
    expect(last(await at.run())).toEqual(promoted);
    expect(at.script.hooks.map(({ path }) => path)).toEqual(names.map((_, no) => `hook${no}`));
  });

  test('one that was left over is told of its own revision by the run that releases the next', async () => {
    const { at } = await setUp(withHooks(['post-rollout', 'after']));
    await at.run();
    await at.sandbox.setImage('test', 'podinfo', 'podinfo:3.1.1');
    const stop = signals();
    const onLine = ({ text }: { text: string }): void => (text.startsWith('Promotion completed') ? stop.send('SIGINT') : undefined);
    const first = await at.run({ http: unanswered, signals: stop, onLine });
    at.script.hooks.splice(0);
    await at.sandbox.setImage('test', 'podinfo', 'podinfo:3.1.2');
    const second = await at.run();
    const revisions = [first, second].map(({ outcomes }) => outcomes[0]?.revision);
    expect(revisions[0]).not.toBe(revisions[1]);
    expect(at.script.hooks.map(({ body }) => (body as { checksum: string }).checksum)).toEqual(revisions);
  });
});

describe('names', () => {
  test('the longest that are let in leave a record that the next run can read', async () => {
    const name = 'é'.repeat(200);
    const { at } = await setUp(withHooks(['confirm-rollout', name, 'enter'], ['rollout', name, 'smoke']), {
      enter: [403, 200],
      smoke: 500,
    });
    await at.run();
    await at.sandbox.setImage('test', 'podinfo', 'podinfo:3.1.1');
    expect(last(await at.run())).toEqual({ exitCode: 10, is: 'rolled-back' });
    expect(last(await at.run({ noRetry: true }))).toEqual({ exitCode: 10, is: 'failed-before' });
    expect(last(await at.remove())).toEqual({ exitCode: 0, is: 'deleted' });
  });
});

test('--timeout in the queue: exit 13 when it is over, and nothing was begun', async () => {
  const { at } = await setUp(withHooks(['confirm-traffic-increase', 'more']), { more: 403 });
  await at.run();
  const stop = signals();
  const first = at.run({ seed: 'first', signals: stop, ...image('podinfo:3.1.1') });
  await sleep(at, 30_000);
  const began = at.sandbox.clock.now();
  const ran = await at.run({ seed: 'second', queue: true, timeout: 20_000 });
  expect(last(ran)).toEqual({ exitCode: 13, is: 'stopped' });
  expect(at.sandbox.clock.now() - began).toBeLessThan(30_000);
  expect(ran.outcomes[0]).toMatchObject({ changed: false, why: expect.stringContaining('nothing was begun, another run still drives') });
  stop.send('SIGINT');
  expect(last(await first)).toEqual({ exitCode: 130, is: 'parked' });
});
