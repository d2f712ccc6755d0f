// One sequence on both servers: where they differ first, and the shortest sequence that still shows it. It must not know what is allowed.
import { canonical } from '../../../src/common/json.ts';
import type { Json } from '../../../src/contracts.ts';
import { type Normal, normalised } from './normal.ts';
import { play, type Server } from './play.ts';
import { describeStep, type Sequence } from './step.ts';

export interface Difference {
  readonly seed: number;
  readonly at: number;
  readonly steps: readonly string[];
  readonly parts: readonly string[];
}

export type Pair = () => Promise<{ readonly real: Server; readonly sandbox: Server; readonly done: () => Promise<void> }>;

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Paths at which two values differ, in words. */
export function differingParts(real: unknown, sandbox: unknown, path = ''): string[] {
  if (real === sandbox || (isPlain(real) && isPlain(sandbox) && canonical(real) === canonical(sandbox))) return [];
  if (!isPlain(real) || !isPlain(sandbox)) return [`${path}: real ${JSON.stringify(real)}, sandbox ${JSON.stringify(sandbox)}`];
  const keys = [...new Set([...Object.keys(real), ...Object.keys(sandbox)])];
  return keys.flatMap((key) => differingParts(real[key], sandbox[key], `${path}/${key}`));
}

function firstDifference(sequence: Sequence, real: readonly Normal[], sandbox: readonly Normal[]): Difference | undefined {
  for (const [at, answer] of real.entries()) {
    const parts = differingParts(answer, sandbox[at]);
    if (parts.length > 0) return { seed: sequence.seed, at, steps: sequence.steps.slice(0, at + 1).map(describeStep), parts };
  }
  return undefined;
}

export async function compared(sequence: Sequence, pair: Pair): Promise<Difference | undefined> {
  const { real, sandbox, done } = await pair();
  try {
    const [one, other] = await Promise.all([play(sequence, real), play(sequence, sandbox)]);
    return firstDifference(sequence, normalised(one), normalised(other));
  } finally {
    await done();
  }
}

/** Every difference of a sequence, each on its own; for whoever mends the sandbox. */
export function sameKind(a: Difference, b: Difference): boolean {
  const where = ({ parts }: Difference): Json => (parts[0] ?? '').split(':')[0] ?? '';
  return where(a) === where(b);
}

/** Drops requests while the same part still differs at the last one. */
export async function shrunk(sequence: Sequence, found: Difference, pair: Pair): Promise<Difference> {
  let steps = sequence.steps.slice(0, found.at + 1);
  let best = found;
  for (let at = steps.length - 2; at >= 0; at--) {
    const fewer = steps.filter((_, no) => no !== at);
    const again = await compared({ seed: sequence.seed, steps: fewer }, pair);
    if (again === undefined || again.at !== fewer.length - 1 || !sameKind(again, best)) continue;
    steps = fewer;
    best = again;
  }
  return best;
}
