// One whole release on the in-process sandbox in virtual time, with every request to the API server counted. Measures, and judges nothing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import yaml from 'js-yaml';
import type { Send, Wire } from '../src/ports.ts';
import type { Script } from '../test/support/script.ts';
import { stage } from '../test/support/stage.ts';

export interface Life {
  readonly milliseconds: number;
  /** How long it would have taken on the wall. */
  readonly virtualSeconds: number;
  /** Kubernetes' verbs; heartbeat Leases and Events stand apart. */
  readonly requests: Readonly<Record<string, number>>;
  /** Requests, heartbeats apart, from one step of weight to the next. */
  readonly perTick: readonly number[];
}

/** `folder`: a recording's input.yaml and world.yaml. */
export async function life(folder: string): Promise<Life> {
  const world = yaml.load(readFileSync(join(folder, 'world.yaml'), 'utf8')) as Script & { steps: readonly { image: string }[] };
  const input = readFileSync(join(folder, 'input.yaml'), 'utf8');
  const began = performance.now();
  const here = await stage('bench', input, world);
  const target = here.canaries[0]?.targetRef.name ?? '';
  const counted = counter();
  const start = here.sandbox.clock.now();
  await here.run({ api: counted.wrap });
  await here.sandbox.setImage('bench', target, world.steps[0]?.image ?? '');
  const ticks: number[] = [];
  const { outcomes } = await here.run({
    api: counted.wrap,
    onLine: ({ event }) => {
      if (event.tell === 'weight') ticks.push(counted.total());
    },
  });
  if (outcomes[0]?.result.is !== 'promoted') throw new Error(`the release was not promoted: ${outcomes[0]?.why ?? 'no outcome'}`);
  return {
    milliseconds: performance.now() - began,
    virtualSeconds: (here.sandbox.clock.now() - start) / 1000,
    requests: counted.verbs,
    perTick: ticks.slice(1).map((count, index) => count - (ticks[index] ?? 0)),
  };
}

function counter(): { verbs: Record<string, number>; total(): number; wrap(send: Send): Send } {
  const verbs: Record<string, number> = {};
  return {
    verbs,
    total: () => Object.entries(verbs).reduce((sum, [verb, count]) => (verb === 'heartbeat' ? sum : sum + count), 0),
    wrap: (send) => (wire, signal) => {
      const verb = verbOf(wire);
      verbs[verb] = (verbs[verb] ?? 0) + 1;
      return send(wire, signal);
    },
  };
}

function verbOf({ method, url }: Wire): string {
  const { pathname, searchParams } = new URL(url, 'http://api');
  if (pathname.includes('/leases')) return 'heartbeat';
  if (pathname.includes('/events')) return 'Kubernetes Events';
  if (method !== 'GET') return { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }[method];
  if (searchParams.has('watch')) return 'watch';
  // /api/v1/namespaces/<namespace>/<resource> is a collection, one more part names an object.
  const parts = (pathname.split('/namespaces/')[1] ?? '').split('/');
  return parts.length === 2 ? 'list' : 'get';
}
