// Load tests: requests to a host for a time, besides the users'. It must not know what a load tester is called with.
import type { Millis } from '../../ports.ts';
import type { Client, Host } from '../mesh/index.ts';
import { deliver, type Ledger, type Surroundings } from './delivery.ts';

/** From now on. What a field leaves out is what an ordinary client sends. */
export interface Load extends Pick<Client, 'path' | 'method' | 'headers' | 'gateway'> {
  readonly host: Host;
  readonly rps: number;
  readonly forMs: Millis;
}

/** Plain data, so that it can be cloned. */
export interface RunningLoad {
  readonly name: string;
  readonly host: Host;
  readonly client: Client;
  readonly rps: number;
  readonly from: Millis;
  readonly until: Millis;
}

export function running({ host, rps, forMs, ...client }: Load, from: Millis, name: string): RunningLoad {
  return { name, host, client, rps, from, until: from + forMs };
}

/** As much of a load as falls into that time. */
export function push(
  load: RunningLoad,
  span: { from: Millis; now: Millis },
  { ledger, around }: { ledger: Ledger; around: Surroundings },
): void {
  const { name: who, host, client, rps } = load;
  const ms = Math.min(span.now, load.until) - Math.max(span.from, load.from);
  if (ms > 0) deliver({ host, client, who, requests: (rps * ms) / 1000 }, ledger, around);
}

/** Those that go on. With the others go the parts of requests that are owed to them. */
export function lasting(loads: readonly RunningLoad[], now: Millis, { owed }: Ledger): RunningLoad[] {
  const over = loads.filter(({ until }) => until <= now);
  if (over.length) for (const key of [...owed.keys()]) if (over.some(({ name }) => key.startsWith(`${name} `))) owed.delete(key);
  return loads.filter(({ until }) => until > now);
}
