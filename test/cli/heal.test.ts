// `canary heal`: which canaries the runner is asked about, what is printed, and the exit code.
import { describe, expect, test } from '@jest/globals';
import { main } from '../../src/cli/main.ts';
import type { HealRequest, Healed } from '../../src/runner/types.ts';
import { fakeIo, fakeParts, type FakeIo } from './fake-io.ts';
import { fakeWorld } from './worlds.ts';

async function heal(
  healed: Healed[],
  ...argv: string[]
): Promise<{ exit: number; io: FakeIo; request: HealRequest | undefined; closed: number }> {
  const io = fakeIo();
  const world = fakeWorld();
  let request: HealRequest | undefined;
  const parts = fakeParts({
    cluster: () => Promise.resolve(world),
    heal: (asked) => {
      request = asked;
      return Promise.resolve(healed);
    },
  });
  return { exit: await main(['heal', ...argv], io, parts), io, request, closed: world.closed() };
}

const parked: Healed = { namespace: 'test', name: 'podinfo', is: 'parked', why: 'all traffic is on the primary, read back' };
const unsure: Healed = { namespace: 'prod', name: 'backend', is: 'unconfirmed', why: 'the API server does not answer' };

describe('heal', () => {
  test('parked is exit 0', async () => {
    const { exit, io, closed } = await heal([parked]);
    expect([exit, closed]).toEqual([0, 1]);
    expect(io.out()).toBe('test/podinfo parked: all traffic is on the primary, read back\n');
    expect(io.err()).toBe('context prod-eu · user ana\n');
  });

  test('unconfirmed is exit 20, whatever the others are', async () => {
    const { exit, io } = await heal([unsure, parked], '-A');
    expect(exit).toBe(20);
    expect(io.out().split('\n')[0]).toBe('prod/backend unconfirmed: the API server does not answer');
  });

  test('nothing to do is exit 0', async () => {
    const { exit, io } = await heal([]);
    expect([exit, io.out()]).toEqual([0, '']);
    expect(io.err()).toContain('nothing to heal');
  });

  test.each([
    [[], { namespace: 'test' }, ['name']],
    [['-A'], {}, ['name', 'namespace']],
    [['podinfo', '-n', 'prod'], { name: 'podinfo', namespace: 'prod' }, []],
  ])('%j asks about the right ones', async (argv, expected, absent) => {
    const { request } = await heal([], ...argv);
    expect(request).toMatchObject(expected);
    for (const field of absent) expect(request).not.toHaveProperty(field);
  });
});
