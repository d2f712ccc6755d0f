// Kills and races on the real thing: processes of the built command against the real API server, whose audit log the sandbox's checker reads.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recorded } from '../parity/compare.ts';
import { clusterUnderTest } from './cluster.ts';
import { leave } from './figures.ts';
import { golden, type Golden } from './kills/golden.ts';
import { judge } from './kills/judge.ts';
import { killsOf, survive } from './kills/kill.ts';
import { openGround, type Ground, type Recording } from './kills/life.ts';
import { atOnce } from './kills/pool.ts';
import { race } from './kills/race.ts';
import { liesOfPromotion, liesOfZombie } from './kills/tampered.ts';
import { haunt, stopsOf } from './kills/zombie.ts';

const cluster = clusterUnderTest();
const recordings: readonly Recording[] = ['seed0-promote', 'seed0-rollback'];
const width = 8;
const seed = 1;

if (cluster.audit === null) {
  test('kills and races are left out: only the audit log of an API server of our own says what a dead driver did', () => {
    process.stdout.write('kills and races are left out: this cluster keeps its audit log to itself\n');
    expect(cluster.foreign).toBe(true);
  });
} else describe('kills and races', killsAndRaces);

function killsAndRaces(): void {
  let ground: Ground;
  const goldens = new Map<Recording, Golden>();
  const good = (recording: Recording): Golden => {
    const known = goldens.get(recording);
    if (!known) throw new Error(`${recording} did not end by itself`);
    return known;
  };
  beforeAll(async () => {
    ground = await openGround(cluster);
    for (const one of await Promise.all(recordings.map((recording) => golden(ground, recording)))) goldens.set(one.recording, one);
  }, 600_000);
  afterAll(() => ground.close());

  test.each(recordings)('%s undisturbed ends as it was recorded', (recording) => {
    const { runs, violations } = good(recording);
    expect(violations).toEqual([]);
    expect([runs.bootstrap.exit, runs.release.exit]).toEqual([0, recording === 'seed0-promote' ? 0 : 10]);
    const final = readFileSync(join(import.meta.dirname, '../parity/recordings', recording, 'final.yaml'), 'utf8');
    expect(runs.release.end.objects).toEqual(recorded(final));
  });

  test.each(recordings)(
    '%s: killed at every request that changes something, and run again, it ends like an undisturbed one',
    async (recording) => {
      const kills = killsOf(good(recording), seed);
      const survivals = await atOnce(width, kills, (kill) => survive(ground, good(recording), kill));
      const wrong = survivals.flatMap((one) => one.wrong);
      const killed = survivals.filter((one) => one.killed);
      leave(cluster.figures, 'Kills and races', {
        ...{ scene: recording, mutating_requests: kills.length, kills: killed.length },
        ...{ survived: killed.filter((one) => one.wrong.length === 0).length, violations: wrong.length },
      });
      expect(wrong).toEqual([]);
      // How often something is told to people may differ by a few.
      expect(killed.length).toBeGreaterThan(kills.length * 0.8);
    },
  );

  test('a driver that was stopped, and taken over from, gets nothing through when it goes on', async () => {
    const stops = recordings.flatMap((recording) => stopsOf(good(recording), 6).map((stop) => ({ recording, stop })));
    const numbered = stops.map((one, no) => ({ ...one, no }));
    const found = await atOnce(width, numbered, ({ recording, ...about }) => haunt(ground, good(recording), about));
    const wrong = found.flatMap((one) => [...one.accepted, ...one.wrong]);
    leave(cluster.figures, 'Kills and races', {
      ...{ scene: 'stopped, taken over from, and going on', kills: found.length },
      ...{ survived: found.filter((one) => one.accepted.length + one.wrong.length === 0).length, violations: wrong.length },
    });
    expect(wrong).toEqual([]);
    expect(found).toHaveLength(12);
    for (const { invariant, entries, extra = {} } of liesOfZombie) {
      const [{ account } = fail(), { recording } = fail()] = [found[0], stops[0]];
      const seen = judge(ground, recording, { entries: entries(account), extra }).map((one) => one.invariant);
      expect(seen).toContain(invariant);
    }
  });

  test('two drivers started at once: one has it, the other one says who', async () => {
    const races = Array.from({ length: 10 }, (_, no) => ({ no, run: no < 4 ? ('bootstrap' as const) : ('release' as const) }));
    const found = await atOnce(width, races, (about) => race(ground, good(recordings[about.no % 2] ?? 'seed0-promote'), about));
    const wrong = found.flatMap((one) => one.wrong);
    leave(cluster.figures, 'Kills and races', {
      ...{ scene: 'two drivers at once', kills: found.length, violations: wrong.length },
      survived: found.filter((one) => one.wrong.length === 0).length,
    });
    expect(wrong).toEqual([]);
    // They must really meet.
    expect(found.some((one) => one.refused)).toBe(true);
  });

  test.each(liesOfPromotion)('the checker sees in a real log: $name', ({ invariant, entries, extra = {} }) => {
    const { account, recording } = good('seed0-promote');
    const seen = judge(ground, recording, { entries: entries(account), extra }).map((one) => one.invariant);
    expect(seen).toContain(invariant);
  });
}

function fail(): never {
  throw new Error('there was no zombie');
}
