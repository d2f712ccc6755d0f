// The sandbox against the API server that it stands for: seeded sequences of requests, answered alike but for what normal.ts names.
// CONFORMANCE_SEED=17 plays one again, and drops the requests that do not matter.
import https from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isObject } from '../../src/common/json.ts';
import type { Send, WireReply } from '../../src/ports.ts';
import type { KindRow } from '../../src/sandbox/index.ts';
import { clusterUnderTest } from './cluster.ts';
import { compared, type Difference, type Pair, shrunk } from './conformance/conform.ts';
import { CALM } from './conformance/calm-kinds.ts';
import { sequence } from './conformance/generate.ts';
import { STIRRED } from './conformance/kinds.ts';
import { pathOf } from './conformance/looks.ts';
import { customKindsOf, type Namespaces, namespacesOf, realServer, sandboxServer, type Twist } from './conformance/servers.ts';
import type { Sequence } from './conformance/step.ts';
import { leave } from './figures.ts';

const SEQUENCES = 520;
const AT_ONCE = 16;

const cluster = clusterUnderTest();
const agent = new https.Agent({ keepAlive: true, maxSockets: 64, ca: cluster.ca });
let kinds: readonly KindRow[] = [];
let spaces: Namespaces;

beforeAll(async () => {
  kinds = await customKindsOf(cluster);
  spaces = namespacesOf(cluster, `conformance-${process.pid}`, AT_ONCE * 2);
});

afterAll(async () => {
  await spaces.close();
  agent.destroy();
});

const pair: Pair = async () => {
  const namespace = await spaces.take();
  const sandbox = await sandboxServer(namespace, kinds);
  return { real: realServer(cluster, agent, namespace), sandbox, done: () => spaces.done(namespace) };
};

/** Of those that are played at all. */
function kindsIn(all: readonly Sequence[]): number {
  const paths = all.flatMap(({ steps }) => steps.map(({ path }) => path));
  return [...CALM, ...STIRRED].filter((kind) => paths.some((path) => path.startsWith(pathOf(kind)))).length;
}

function told({ seed, steps, parts }: Difference): string {
  return [`CONFORMANCE_SEED=${seed}`, ...steps.slice(-8), ...parts.slice(0, 6)].join('\n  ');
}

describe('the sandbox answers as the real server does', () => {
  test(`to ${SEQUENCES} sequences of requests`, async () => {
    const only = Number(process.env['CONFORMANCE_SEED'] ?? 0);
    const seeds = only > 0 ? [only] : Array.from({ length: SEQUENCES }, (_, no) => no + 1);
    const all = seeds.map(sequence);
    const found: Difference[] = [];
    const waiting = [...all];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const difference = await compared(next, pair);
        if (difference !== undefined) found.push(only > 0 ? await shrunk(next, difference, pair) : difference);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const requests = all.reduce((sum, { steps }) => sum + steps.length, 0);
    leave(cluster.figures, 'sandbox conformance', { sequences: all.length, requests, kinds: kindsIn(all), differences: found.length });
    expect(found.map(told)).toEqual([]);
  });
});

/** A sandbox that answers what `change` makes of an answer. */
function twisted(change: (status: number, body: Record<string, unknown>) => number): Twist {
  return (send: Send): Send =>
    async (wire, signal): Promise<WireReply> => {
      const reply = await send(wire, signal);
      if (wire.url.includes('watch=')) return reply;
      const decoder = new TextDecoder();
      let text = '';
      for await (const chunk of reply.body) text += decoder.decode(chunk, { stream: true });
      const body: unknown = text.startsWith('{') ? JSON.parse(text) : text;
      const status = isObject(body) ? change(reply.status, body) : reply.status;
      const written = typeof body === 'string' ? body : JSON.stringify(body);
      const once = async function* (): AsyncGenerator<Uint8Array> {
        yield new TextEncoder().encode(written);
      };
      return { ...reply, status, body: once() };
    };
}

const PLANTED: Readonly<Record<string, Twist>> = {
  'a conflict that is none': twisted((status) => (status === 409 ? 200 : status)),
  'a default that is missing': twisted((status, body) => {
    if (isObject(body['spec'])) delete body['spec']['sessionAffinity'];
    return status;
  }),
  'a generation that runs ahead': twisted((status, body) => {
    if (isObject(body['metadata']) && typeof body['metadata']['generation'] === 'number') body['metadata']['generation']++;
    return status;
  }),
  'a version that never changes': twisted((status, body) => {
    if (isObject(body['metadata']) && 'uid' in body['metadata']) body['metadata']['resourceVersion'] = '77';
    return status;
  }),
  'another reason': twisted((status, body) => {
    if (body['reason'] === 'NotFound') body['reason'] = 'Gone';
    return status;
  }),
};

describe('a planted difference is found', () => {
  test.each(Object.entries(PLANTED))('%s', async (_, twist) => {
    const both: Pair = async () => {
      const [real, sandbox] = [await sandboxServer('test', kinds), await sandboxServer('test', kinds, twist)];
      return { real, sandbox, done: () => Promise.resolve() };
    };
    const found = await Promise.all(Array.from({ length: 40 }, (_unused, no) => compared(sequence(no + 1), both)));
    expect(found.filter((one) => one !== undefined).length).toBeGreaterThan(0);
  });

  test('and told by the request that shows it alone', async () => {
    const twist = PLANTED['another reason'];
    const both: Pair = async () => {
      const [real, sandbox] = [await sandboxServer('test', kinds), await sandboxServer('test', kinds, twist)];
      return { real, sandbox, done: () => Promise.resolve() };
    };
    const long = { seed: 1, steps: Array.from({ length: 12 }, (_, no) => sequence(no + 1).steps).flat() };
    const found = await compared(long, both);
    const least = found && (await shrunk(long, found, both));
    expect(found?.steps.length).toBeGreaterThan(1);
    expect(least?.steps.length).toBe(1);
    expect(least?.parts).toEqual(['/bodies/0/reason: real "NotFound", sandbox "Gone"']);
  });

  test('and nothing is found where nothing was planted', async () => {
    const both: Pair = async () => {
      const [real, sandbox] = [await sandboxServer('test', kinds), await sandboxServer('test', kinds)];
      return { real, sandbox, done: () => Promise.resolve() };
    };
    const found = await Promise.all(Array.from({ length: 40 }, (_unused, no) => compared(sequence(no + 1), both)));
    expect(found.filter((one) => one !== undefined)).toEqual([]);
  });
});
