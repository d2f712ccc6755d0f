// Every recording of Flagger, driven by the built command on a real API server, by somebody who holds just the Role that `canary rbac` prints: the same
// comparison as in the parity ring, 0 requests refused, no right unused, and what all of it costs in requests.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { cases, expectCalls, expectFinal, expectInitialized, expectRoutes } from '../parity/recording.ts';
import type { Ended } from './arena.ts';
import { auditsOf, type AuditEvent } from './audit.ts';
import { clusterUnderTest } from './cluster.ts';
import { leave } from './figures.ts';
import { endOf } from './releases/ends.ts';
import { play, type Played } from './releases/play.ts';
import { countRequests, median, requestsOf, type Requests } from './releases/requests.ts';
import { flaggersRow, lifeOf, requestRow } from './releases/rows.ts';
import { granted, refused, used, type RoleRule } from './releases/rules.ts';
import { trouble, type Troubled } from './releases/trouble.ts';
import { turns } from './releases/turns.ts';

const cluster = clusterUnderTest();
const playing = new Map<string, Promise<Played>>();
/** One of each provider. */
const troublesome = ['seed0-promote', 'bg-kubernetes', 'linkerd', 'osm', 'seed1-smi', 'smi-v1alpha3', 'gatewayapi', 'traefik'];
const inTrouble = new Map<string, Promise<Troubled>>();

beforeAll(() => {
  const turn = turns(7);
  // First what takes longest.
  for (const name of troublesome) begin(inTrouble, name, () => turn(() => trouble(cluster, name)));
  for (const name of cases) begin(playing, name, () => turn(() => play(cluster, name)));
});

function begin<T>(those: Map<string, Promise<T>>, name: string, work: () => Promise<T>): void {
  const promise = work();
  // Whoever asks for it hears of it.
  promise.catch(() => undefined);
  those.set(name, promise);
}

async function of<T>(those: Map<string, Promise<T>>, name: string): Promise<T> {
  const played = await those.get(name);
  if (!played) throw new Error(`${name} was not played`);
  return played;
}

const playedOf = (name: string): Promise<Played> => of(playing, name);

/** With the exit code before it; where it tells of no end that can be wanted, with all that was said. */
function lastLine({ code, out, err }: Ended): string {
  const last = out.trimEnd().split('\n').at(-1) ?? '';
  return /^result=(?!stopped)/.test(last) ? `${code}: ${last}` : `${code}: ${out}\n${err}`;
}

describe.each(cases)('%s on a real API server', (name) => {
  const differences: string[] = [];

  async function compare(what: string, holds: (played: Played) => void): Promise<void> {
    const played = await playedOf(name);
    differences.push(what);
    holds(played);
    differences.pop();
  }

  test('exit codes and result lines', async () => {
    const { bootstrap, release, afterwards } = await playedOf(name);
    expect(lastLine(bootstrap)).toMatch(/^0: result=initialized exit=0 revision=\S+ changed=true$/);
    const { word, code, changed } = endOf(name);
    expect(lastLine(release)).toMatch(new RegExp(`^${code}: result=${word} exit=${code} revision=\\S+ changed=${changed}$`));
    if (afterwards['idle']) expect(lastLine(afterwards['idle'])).toMatch(/^0: result=unchanged exit=0 revision=\S+ changed=false$/);
    const failed = Object.entries(afterwards).filter(([, ended]) => ended.code !== 0);
    expect(failed).toEqual([]);
  });

  test('objects after bootstrap', () => compare('objects after bootstrap', ({ initialized }) => expectInitialized(name, initialized)));

  test('objects at the end', () =>
    compare('objects at the end', ({ release, final }) => expectFinal(name, { exitCode: release.code, final })));

  test('the sequence of routes', () => compare('routes', ({ routes }) => expectRoutes(name, routes)));

  test('hooks and alerts by receiver, repeats collapsed, and queries', () =>
    compare('hooks, alerts and queries', ({ hooks, queries }) => expectCalls(name, hooks, queries)));

  test('nothing differs', async () => {
    const { initialized, final, routes, hooks, queries, seconds } = await playedOf(name);
    leave(cluster.figures, 'Releases compared with the recordings', {
      recording: name,
      objects: Object.keys(initialized).length + Object.keys(final).length,
      routes: routes.length,
      hooks_and_alerts: hooks.length,
      queries: queries.length,
      seconds,
      differences: differences.length,
    });
    expect(differences).toEqual([]);
  });
});

test.each(troublesome)('%s is promoted though its driver is killed, and its next one is always too late', async (name) => {
  const { bootstrap, killed, takeover, overtaken } = await of(inTrouble, name);
  expect(lastLine(bootstrap)).toMatch(/^0: result=initialized /);
  expect(killed).toBeNull();
  expect(overtaken).toBeGreaterThanOrEqual(4);
  expect(lastLine(takeover)).toMatch(/^0: result=promoted exit=0 /);
});

if (cluster.audit === null) {
  const why = 'requests and rights are left out: this cluster keeps its audit log to itself';
  test(why, () => {
    process.stdout.write(`${why}\n`);
    expect(cluster.foreign).toBe(true);
  });
} else {
  describe('by the audit log', () => {
    interface Driven {
      readonly name: string;
      readonly provider: string;
      readonly rules: readonly RoleRule[];
      readonly requests: readonly AuditEvent[];
      /** Of the recordings. */
      readonly counted?: Requests;
    }
    const driven: Driven[] = [];

    beforeAll(async () => {
      const recordings = await Promise.all(cases.map(playedOf));
      const troubled = await Promise.all(troublesome.map((name) => of(inTrouble, name)));
      const all: readonly (Troubled | Played)[] = [...recordings, ...troubled];
      const audits = await auditsOf(
        cluster,
        all.map(({ namespace }) => namespace),
      );
      for (const each of all) {
        const events = audits.get(each.namespace) ?? [];
        const counted = 'marks' in each ? { counted: countRequests(events, each.namespace, each.marks) } : {};
        driven.push({ ...each, ...counted, requests: requestsOf(events, each.namespace) });
      }
    });

    test('no request is refused', () => {
      for (const { requests } of driven) expect(requests.length).toBeGreaterThan(50);
      expect(driven.flatMap(({ name, requests }) => refused(requests).map((line) => `${name}: ${line}`))).toEqual([]);
    });

    test('no right of a Role is unused', () => {
      const unused: string[] = [];
      for (const provider of [...new Set(driven.map((each) => each.provider))].sort()) {
        const those = driven.filter((each) => each.provider === provider);
        const rights = granted(those.flatMap(({ rules }) => rules));
        const needed = used(those.flatMap(({ requests }) => requests));
        const idle = rights.filter((right) => !needed.has(right));
        unused.push(...idle.map((right) => `${provider}: ${right}`));
        const figures = { releases: those.length, rights_granted: rights.length, used: rights.length - idle.length };
        leave(cluster.figures, 'RBAC rules', { provider, ...figures, refused: those.flatMap(({ requests }) => refused(requests)).length });
      }
      expect(unused).toEqual([]);
    });

    test('every release is counted', () => {
      const recordings = driven.flatMap(({ name, counted }) => (counted ? [{ name, counted }] : []));
      for (const { name, counted } of recordings) leave(cluster.figures, 'API requests', requestRow(name, counted));
      leave(cluster.figures, 'API requests', flaggersRow);
      const phases = recordings.map(({ counted }) =>
        ['bootstrap', 'start', 'scaling up', 'delete'].filter((phase) => !counted.phases[phase]),
      );
      expect(phases).toEqual(cases.map(() => []));
    });

    test('an advancing tick of seed0-promote takes at most 5 requests, its life 160, heartbeats apart', () => {
      const counted = driven.find(({ name }) => name === 'seed0-promote')?.counted;
      if (!counted) throw new Error('seed0-promote was not counted');
      expect(counted.ticks).toHaveLength(9);
      expect(median(counted.ticks)).toBeLessThanOrEqual(5);
      // A slow machine makes a life longer, and more heartbeats of it.
      expect(lifeOf(counted) - counted.heartbeats).toBeLessThanOrEqual(160);
    });
  });
}
