// What a release cost in requests, as a row of the table, with Flagger's own figures as another. It counts nothing itself.
import type { Figure } from '../figures.ts';
import { median, type Requests } from './requests.ts';

/** The release itself; what is looked at afterwards stands beside it. */
const ofLife = ['bootstrap', 'start', 'scaling up', 'analysis', 'promotion', 'rollback'];
const beside = ['idle', 'status', 'describe', 'heal', 'delete'];

export function lifeOf({ phases }: Requests): number {
  return ofLife.reduce((total, name) => total + (phases[name] ?? 0), 0);
}

export function requestRow(recording: string, requests: Requests): Figure['row'] {
  const { phases, ticks, heartbeats } = requests;
  const told = (names: readonly string[]): Figure['row'] =>
    Object.fromEntries(names.map((name) => [name.replace(' ', '_'), phases[name] ?? '']));
  return {
    ...{ recording, ...told(ofLife), life: lifeOf(requests) },
    ...(ticks.length ? { per_tick: median(ticks), most: Math.max(...ticks) } : { per_tick: '', most: '' }),
    ...{ heartbeats, ...told(beside) },
  };
}

/** Flagger 1.44.0 on the same API server: seed0-promote from bootstrap to promotion, and what a tick takes while it analyses. */
export const flaggersRow: Figure['row'] = { recording: 'Flagger, seed0-promote', life: 481, per_tick: 20 };
