// Each walk-through as its README types it, on a real API server, by the built command with just its Role: it must come out as it shows. And the
// pipelines of examples/gitops, without what needs a host of git.
import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { jobs, runJob, type Job, type Ran } from '../examples/jobs.ts';
import { normalLines } from '../examples/normal.ts';
import { examples, leftOut } from '../examples/readme.ts';
import { published } from '../examples/seeds.ts';
import { auditsOf, type AuditEvent } from './audit.ts';
import { clusterUnderTest } from './cluster.ts';
import { comparable, fits } from './examples/lines.ts';
import { setStage } from './examples/stage.ts';
import { leftOutOf, walk, type Walk } from './examples/walk.ts';
import { leave } from './figures.ts';
import { countRequests, requestsOf } from './releases/requests.ts';
import { requestRow } from './releases/rows.ts';
import { refused } from './releases/rules.ts';

const cluster = clusterUnderTest();
const names = readdirSync(examples).sort();
const walks = new Map<string, Promise<Walk>>();

interface Piped {
  readonly namespace: string;
  readonly good: Ran;
  readonly bad: Ran;
}

const piped = new Map<string, Promise<Piped>>();

beforeAll(() => {
  // Whoever asks for one hears of what went wrong with it.
  const begin = <T>(kept: Map<string, Promise<T>>, name: string, played: Promise<T>): void => {
    played.catch(() => undefined);
    kept.set(name, played);
  };
  for (const name of names) begin(walks, name, walk(cluster, name));
  for (const [name, job] of Object.entries(jobs)) begin(piped, name, pipe(job, `walk-${name.replace(/^.*\/|\..*$/g, '')}`));
});

async function walkOf(name: string): Promise<Walk> {
  const played = await walks.get(name);
  if (!played) throw new Error(`${name} was not played`);
  return played;
}

/** A version that is good at each of its ten steps, then one that is not. */
async function pipe(job: Job, namespace: string): Promise<Piped> {
  const { arena, type } = await setStage(cluster, 'gitops', { namespace, rates: [...Array<number>(10).fill(100), 34] });
  try {
    await type('canary run examples/gitops/canary.yaml');
    return { namespace, good: await runJob(job, '3.1.1', type), bad: await runJob(job, '3.1.2', type) };
  } finally {
    await arena.close();
  }
}

describe.each(names)('%s', (name) => {
  test('comes out as its README shows', async () => {
    const { steps, where } = await walkOf(name);
    const wrong = steps.filter(({ said, shown }) => !fits(said, shown, where));
    const lines = (all: readonly string[]): string[] => normalLines(comparable(all, where));
    leave(cluster.figures, 'Walk-throughs', {
      example: name,
      blocks: steps.length,
      lines_compared: steps.flatMap(({ shown }) => lines(shown)).filter((line) => line !== leftOut).length,
      differences: wrong.length,
    });
    expect(steps.length).toBeGreaterThan(5);
    expect(wrong.map(({ typed, said }) => [typed, ...lines(said)])).toEqual(wrong.map(({ typed, shown }) => [typed, ...lines(shown)]));
  });

  test('what is not played is named', () => {
    const all = leftOutOf(name);
    for (const { command, because } of all)
      leave(cluster.figures, 'Left out of the walk-throughs', { example: name, command: command.slice(0, 60), because });
    expect(all.filter(({ command }) => command.startsWith('canary sandbox start '))).toHaveLength(1);
  });
});

test('smi: the chat is told what the project’s second document shows', async () => {
  const { hooks, where } = await walkOf('smi');
  const told = hooks.flatMap(({ path, body }) => {
    const { attachments = [] } = (path === 'slack' ? body : {}) as { attachments?: { author_name: string; text: string }[] };
    return attachments.map(({ author_name: about, text }) => `sandbox: slack: ${about}: ${text}`);
  });
  const shown = comparable(told, where);
  expect(shown.filter((line) => published.includes(line))).toEqual([...published, published[0]]);
});

test.each(['smi', 'bookinfo'])('%s: the load tester is called while the new version is checked', async (name) => {
  const { hooks } = await walkOf(name);
  const commands = hooks.flatMap(({ path, body }) => (path === 'load-test' ? [(body as { metadata: { cmd?: string } }).metadata.cmd] : []));
  expect([...new Set(commands)]).toEqual([expect.stringMatching(/^hey -z 1m /)]);
});

describe.each(Object.keys(jobs))('gitops/%s', (name) => {
  test('is green with a version that is promoted, red with one that is rolled back', async () => {
    const { good, bad } = (await piped.get(name)) as Piped;
    expect([good.exit, good.healed, good.lines.at(-1)]).toEqual([0, 0, expect.stringMatching(/^result=promoted exit=0 /)]);
    expect([bad.exit, bad.healed, bad.lines.at(-1)]).toEqual([10, 0, expect.stringMatching(/^result=rolled-back exit=10 /)]);
    for (const { lines } of [good, bad]) expect(lines).toContain('applied Deployment/podinfo (changed)');
  });
});

if (cluster.audit === null) {
  const why = 'what was refused and how many requests it took is left out: this cluster keeps its audit log to itself';
  test(why, () => {
    process.stdout.write(`${why}\n`);
    expect(cluster.foreign).toBe(true);
  });
} else {
  describe('by the audit log', () => {
    let audits: ReadonlyMap<string, readonly AuditEvent[]> = new Map();

    beforeAll(async () => {
      const played = await Promise.all([...names.map(walkOf), ...piped.values()]);
      audits = await auditsOf(
        cluster,
        played.map((each) => ('where' in each ? each.where.namespace : each.namespace)),
      );
    });

    test('nothing is refused to who holds just the Role', () => {
      expect(audits.size).toBe(names.length + Object.keys(jobs).length);
      for (const [namespace, events] of audits) {
        expect(requestsOf(events, namespace).length).toBeGreaterThan(50);
        expect([namespace, ...refused(requestsOf(events, namespace))]).toEqual([namespace]);
      }
    });

    test('requests are counted', async () => {
      for (const name of names) {
        const { where, marks } = await walkOf(name);
        const counted = countRequests(audits.get(where.namespace) ?? [], where.namespace, marks);
        leave(cluster.figures, 'API requests', requestRow(`examples/${name}`, counted));
        expect(counted.ticks.length).toBeGreaterThan(0);
      }
    });
  });
}
