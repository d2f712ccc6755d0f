// Webhooks that cannot be reached are told before the first write; those that nobody waits for only by a note.
import { expect, test } from '@jest/globals';
import type { Canary } from '../../src/contracts.ts';
import { PreflightError } from '../../src/errors.ts';
import type { HttpWire } from '../../src/ports.ts';
import type { Env } from '../../src/runner/env.ts';
import { hooksReachable } from '../../src/runner/hooks-reach.ts';

function hook(type: Canary['hooks'][number]['type'], url: string): Canary['hooks'][number] {
  return { name: type, type, url, timeout: 1_000, retries: 0, insecure: false, muteAlert: false, metadata: {}, where: '' };
}

async function checked(
  hooks: Canary['hooks'],
  blocked: Readonly<Record<string, string>>,
): Promise<{ notes: string[]; asked: HttpWire[]; error: unknown }> {
  const notes: string[] = [];
  const asked: HttpWire[] = [];
  const env = {
    signal: new AbortController().signal,
    reporter: { note: (text: string) => notes.push(text) },
    async reachable(wires: readonly HttpWire[]) {
      asked.push(...wires);
      return wires.flatMap(({ url }) => blocked[url] ?? []);
    },
  } as unknown as Env;
  const canary = { namespace: 'test', hooks } as unknown as Canary;
  const error: unknown = await hooksReachable(env, canary).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { notes, asked, error };
}

test('all are asked for as they will be sent, and nothing is said where nothing stands in the way', async () => {
  const { notes, asked, error } = await checked([hook('rollout', 'http://load.tools/')], {});
  expect(asked).toEqual([{ method: 'POST', url: 'http://load.tools/', headers: {}, home: 'test' }]);
  expect([notes, error]).toEqual([[], undefined]);
});

test('a check, a gate or a rollback hook that cannot be reached is refused in its own words, once', async () => {
  const url = 'http://load.tools/';
  const { error } = await checked([hook('pre-rollout', url), hook('confirm-rollout', url), hook('rollback', 'http://other/')], {
    [url]: 'add a rule',
  });
  expect(error).toBeInstanceOf(PreflightError);
  expect(String((error as Error).message)).toBe('webhooks cannot be reached:\nadd a rule');
});

test('one that is only told something is no reason to refuse', async () => {
  const { notes, error } = await checked([hook('event', 'http://told/'), hook('post-rollout', 'http://told/')], {
    'http://told/': 'no way there',
  });
  expect(error).toBeUndefined();
  expect(notes).toEqual(['going on without some webhooks: no way there']);
});
