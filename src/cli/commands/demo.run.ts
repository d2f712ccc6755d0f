// `canary demo`: plays the story and says whether it ended as it should. The story is in ../demo.ts.
import { UsageError } from '../../errors.ts';
import type { Call } from '../command.ts';
import { playDemo } from '../demo.ts';
import { speedFlag } from '../flags.ts';

export async function execute(call: Call): Promise<number> {
  const speed = speedFlag(call.flags, 50);
  if (speed === undefined) throw new UsageError('--speed: expected a number');
  return playDemo(call, speed);
}
