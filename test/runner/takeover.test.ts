// What taking the record costs: who gave it up has nothing in flight, so what it drove is left alone; everybody else's objects are stamped (rule 3).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Send, Wire } from '../../src/ports.ts';
import { killAt } from '../faults/kill.ts';
import { once, readAll } from '../faults/log.ts';
import { stage, type RunOptions, type Stage } from '../support/stage.ts';

const input = readFileSync(join(import.meta.dirname, '../parity/recordings/seed2-reviews/input.yaml'), 'utf8');
const good = { queries: [['histogram_quantile', 0.12] as [string, number], ['', 99.9] as [string, number]] };

function isStampOnly({ method, body }: Wire): boolean {
  const patch = method === 'PATCH' ? (JSON.parse(body ?? '{}') as { metadata?: { labels?: object } }) : {};
  return Object.keys(patch).join() === 'metadata' && Object.keys(patch.metadata?.labels ?? {}).join() === 'canary.run/epoch';
}

async function stampsOf(at: Stage, options: RunOptions = {}): Promise<string[]> {
  const stamped: string[] = [];
  const api = (send: Send): Send => {
    return (wire, signal) => {
      if (isStampOnly(wire)) stamped.push(wire.url.split('/').slice(-2).join('/'));
      return send(wire, signal);
    };
  };
  const { outcomes } = await at.run({ ...options, api });
  expect(outcomes[0]?.exitCode).toBe(0);
  return stamped.sort();
}

const driven = [
  'deployments/reviews',
  'deployments/reviews-primary',
  'destinationrules/reviews-canary',
  'destinationrules/reviews-primary',
  'services/reviews',
  'services/reviews-canary',
  'services/reviews-primary',
  'virtualservices/reviews',
];

async function bootstrapped(): Promise<Stage> {
  const at = await stage('test', input, good);
  await at.run({ seed: 'bootstrap' });
  await at.sandbox.setImage('test', 'reviews', 'podinfo:3.1.1');
  return at;
}

test('after a run that ended, nothing is stamped', async () => {
  expect(await stampsOf(await bootstrapped())).toEqual([]);
});

test('after a driver that died, everything that it drove is', async () => {
  const at = await bootstrapped();
  const killer = killAt(60, 'before');
  const dead = new Promise<void>((resolve) => killer.onDeath(resolve));
  void at.run({ seed: 'dead', api: (send) => killer.wrap(send), clock: (clock) => killer.clock(clock) });
  await dead;
  expect(await stampsOf(at, { takeover: true })).toEqual(driven);
});

test('where the record was deleted, too: nobody knows who lives', async () => {
  const at = await bootstrapped();
  const url = '/api/v1/namespaces/test/configmaps/canary-deployment-reviews';
  await at.sandbox.api({ method: 'DELETE', url, headers: {} }, new AbortController().signal);
  expect(await stampsOf(at)).toEqual(driven);
});

test('a run decides on nothing that was looked at before it knew that nobody drives', async () => {
  const at = await bootstrapped();
  let first = true;
  // Between the first look and the claim another run promotes the same revision.
  const api = (send: Send): Send => {
    return async (wire, signal) => {
      const reply = await send(wire, signal);
      if (!first || !wire.url.includes('/deployments?')) return reply;
      first = false;
      const body = await readAll(reply.body);
      expect((await at.run({ seed: 'quicker' })).outcomes[0]?.result.is).toBe('promoted');
      return { ...reply, body: once(body) };
    };
  };
  const { outcomes, lines } = await at.run({ seed: 'late', watch: false, api });
  expect({ exit: outcomes[0]?.exitCode, lines: lines.filter((line) => line.includes('Advance')) }).toEqual({ exit: 7, lines: [] });
});

test('what was looked at before a wait for another driver is looked at again', async () => {
  const at = await bootstrapped();
  // Watches that are open and say nothing: what they show is believed for a while.
  let looks = 0;
  const silent = (send: Send): Send => {
    return async (wire, signal) => {
      if (/deployments\?(?!.*watch=)/.test(wire.url)) looks++;
      if (!wire.url.includes('watch=')) return send(wire, signal);
      return { status: 200, headers: {}, body: nothing(signal) };
    };
  };
  let second: ReturnType<Stage['run']> | undefined;
  const onLine: NonNullable<RunOptions['onLine']> = ({ text }) => {
    if (text.endsWith('canary weight 50')) second = at.run({ seed: 'second', queue: true, api: silent });
  };
  expect((await at.run({ seed: 'first', drain: 1_000, onLine })).outcomes[0]?.result.is).toBe('promoted');
  const ran = await second;
  expect({ is: ran?.outcomes[0]?.result.is, lines: ran?.lines, looks }).toEqual({ is: 'unchanged', lines: [], looks: 2 });
});

async function* nothing(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  yield new Uint8Array();
}
