// Whether a run gets a live block, and with which looks: on a terminal that can show it, and where no machine reads along. Draws nothing itself.
import type { World } from '../ports.ts';
import { paintOf } from '../ui/colour.ts';
import { glyphsFor } from '../ui/glyphs.ts';
import { liveRun, type LiveRun } from '../ui/live-run.ts';
import { maySpin } from '../ui/wait.ts';
import { isOff, isOn, type Call } from './command.ts';
import type { RunSettings } from './run-settings.ts';

/** Undefined: event lines alone. */
export async function liveBlock(call: Call, settings: RunSettings, world: Pick<World, 'clock'>): Promise<LiveRun | undefined> {
  const { io, flags, parts } = call;
  if (flags['output'] === 'ndjson' || !maySpin(io.stderr, io.env)) return undefined;
  return liveRun({
    screen: io.stderr,
    clock: await parts.clock(),
    time: () => world.clock.now(),
    glyphs: glyphsFor(io.env, isOn(flags, 'ascii')),
    paint: paintOf(io.stderr, io.env, isOff(flags, 'color')),
    hint: firstHint[settings.options.onInterrupt],
  });
}

const firstHint: Readonly<Record<RunSettings['options']['onInterrupt'], string>> = {
  park: 'Ctrl-C: park (traffic to the primary; next run goes on)',
  hold: 'Ctrl-C: leave (traffic stays; next run goes on)',
  rollback: 'Ctrl-C: roll back, then leave',
};

export const lastHint = 'Ctrl-C again: leave at once, whatever stands';
