// The flags of `run` as the engine's options. Reads flags only.
import type { Options } from '../core/types.ts';
import type { Millis } from '../ports.ts';
import { choiceFlag, isOff, isOn, type Flags } from './command.ts';
import { durationFlag, imageFlag } from './flags.ts';

export interface RunSettings {
  readonly options: Options;
  readonly takeover: boolean;
  readonly timeout: Millis;
}

export function runSettings(flags: Flags): RunSettings {
  const image = imageFlag(flags);
  return {
    options: {
      ...(image ? { image } : {}),
      noRetry: isOff(flags, 'retry'),
      drain: durationFlag(flags, 'drain'),
      onInterrupt: choiceFlag(flags, 'onInterrupt', ['park', 'hold', 'rollback']),
    },
    takeover: isOn(flags, 'takeover'),
    timeout: durationFlag(flags, 'timeout'),
  };
}
