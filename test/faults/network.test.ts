// The faults of a network replay from their seed and do exactly what they say.
import { describe, expect, test } from '@jest/globals';
import type { Clock, Send, Wire } from '../../src/ports.ts';
import { once, readAll } from './log.ts';
import { conflictAt, interleave, loseReplies, staleReads } from './network.ts';
import { randomOf } from './random.ts';

const signal = new AbortController().signal;
const path = '/apis/apps/v1/namespaces/test/deployments/podinfo';

/** Answers each request with its number. */
function counting(): { readonly seen: string[]; readonly send: Send } {
  const seen: string[] = [];
  const send: Send = async ({ method, url }) => {
    seen.push(`${method} ${url}`);
    return { status: 200, headers: {}, body: once(new TextEncoder().encode(String(seen.length))) };
  };
  return { seen, send };
}

async function play(send: Send, wires: readonly Partial<Wire>[]): Promise<string[]> {
  const answers: string[] = [];
  for (const wire of wires) {
    const answer = send({ method: 'GET', url: path, headers: {}, ...wire }, signal).then(
      async ({ status, body }) => `${status} ${new TextDecoder().decode(await readAll(body))}`,
      (error: Error) => error.message,
    );
    answers.push(await answer);
  }
  return answers;
}

const many = (wire: Partial<Wire>): Partial<Wire>[] => Array.from({ length: 40 }, () => wire);

describe('randomOf', () => {
  test('is the same for the same seed, another for another, and stays in [0, 1)', () => {
    const draw = (seed: number): number[] => Array.from({ length: 200 }, randomOf(seed));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(draw(3).every((number) => number >= 0 && number < 1)).toBe(true);
    expect(new Set(draw(3).map((number) => Math.floor(number * 4)))).toEqual(new Set([0, 1, 2, 3]));
  });
});

describe('loseReplies', () => {
  test('carries every request out and loses some answers, the same ones for a seed', async () => {
    const [one, two] = [counting(), counting()];
    const answers = await play(loseReplies(one.send, { seed: 5, rate: 0.3 }), many({ method: 'PATCH' }));
    expect(one.seen).toHaveLength(40);
    expect(answers.some((answer) => answer.startsWith('200'))).toBe(true);
    expect(answers).toContain('the connection was reset before the answer came');
    expect(await play(loseReplies(two.send, { seed: 5, rate: 0.3 }), many({ method: 'PATCH' }))).toEqual(answers);
  });

  test('spares watches', async () => {
    expect(await play(loseReplies(counting().send, { seed: 1, rate: 1 }), [{ url: `${path}?watch=1` }])).toEqual(['200 1']);
  });
});

describe('conflictAt', () => {
  test('refuses conditional writes without sending them', async () => {
    const { seen, send } = counting();
    const [get, post, put] = await play(conflictAt(send, { seed: 1, rate: 1 }), [{}, { method: 'POST' }, { method: 'PUT' }]);
    expect([get, post]).toEqual(['200 1', '200 2']);
    expect(JSON.parse(put?.slice(4) ?? '')).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: expect.stringContaining('cannot be fulfilled on deployments.apps "podinfo"'),
    });
    expect(seen).toHaveLength(2);
  });
});

describe('staleReads', () => {
  test('answers with what was answered before, never with more than five answers ago', async () => {
    const { seen, send } = counting();
    const answers = await play(staleReads(send, { seed: 9, rate: 0.5 }), many({}));
    expect(seen.length).toBeGreaterThan(10);
    expect(seen.length).toBeLessThan(40);
    let newest = 0;
    for (const answer of answers) {
      const number = Number(answer.slice(4));
      expect(number).toBeGreaterThan(newest - 5);
      newest = Math.max(newest, number);
    }
    expect(newest).toBe(seen.length);
  });

  test('leaves writes, watches and first reads alone', async () => {
    const wires = [{ method: 'PATCH' }, { method: 'PATCH' }, { url: `${path}?watch=1` }, { url: `${path}?watch=1` }, {}] as const;
    expect(await play(staleReads(counting().send, { seed: 1, rate: 1 }), wires)).toEqual(['200 1', '200 2', '200 3', '200 4', '200 5']);
  });
});

describe('interleave', () => {
  test('waits on the given clock before and after each request, the same times for a seed', async () => {
    const waits = async (seed: number): Promise<number[]> => {
      const slept: number[] = [];
      const clock: Clock = { now: () => 0, sleep: async (ms) => void slept.push(ms) };
      await play(interleave({ seed, clock, most: 500 })(counting().send), [{}, {}, {}]);
      return slept;
    };
    const first = await waits(3);
    expect(first).toHaveLength(6);
    expect(first.every((ms) => ms >= 0 && ms < 500)).toBe(true);
    expect(await waits(3)).toEqual(first);
    expect(await waits(4)).not.toEqual(first);
  });
});
