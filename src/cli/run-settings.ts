// The flags of `run` as the engine's options. Reads flags only.
import type { Options } from '../core/types.ts';
import type { Millis } from '../ports.ts';
import { UsageError } from '../errors.ts';
import { choiceFlag, isOff, isOn, textFlag, type Flags } from './command.ts';
import { durationFlag, imageFlag } from './flags.ts';

export interface RunSettings {
  readonly options: Options;
  readonly takeover: boolean;
  readonly timeout: Millis;
  /** Wait for a living driver to end. */
  readonly queue?: true;
  /** Where there is nothing to do: so long for the next revision. */
  readonly wait?: Millis;
}

export function runSettings(flags: Flags): RunSettings {
  const image = imageFlag(flags);
  const isQueued = isOn(flags, 'queue');
  if (isQueued && isOn(flags, 'takeover'))
    throw new UsageError('--queue and --takeover exclude each other: wait for the driver, or end it');
  return {
    options: {
      ...(image ? { image } : {}),
      noRetry: isOff(flags, 'retry'),
      drain: durationFlag(flags, 'drain'),
      onInterrupt: choiceFlag(flags, 'onInterrupt', ['park', 'hold', 'rollback']),
    },
    takeover: isOn(flags, 'takeover'),
    timeout: durationFlag(flags, 'timeout'),
    ...(isQueued ? { queue: true } : {}),
    ...(textFlag(flags, 'wait') === undefined ? {} : { wait: durationFlag(flags, 'wait') }),
  };
}
