// I1: no traffic to a side without a ready pod. Judges writes at once, the environment only after the driver had time to react.
import { at, isDriver, isDriverWrite, objectOf, replicasOf, SIDES, textOf, workloadOf, type Side } from '../facts.ts';
import type { Entry, View } from '../log.ts';
import { isRoute, weightOf } from '../routes.ts';
import { reached, type Invariant, type Setup, type Violation } from '../setup.ts';

/** What a driver gets besides one interval. */
const GRACE_MS = 5000;

interface Empty {
  readonly actor: string;
  readonly since: number;
}

export const trafficIsServed: Invariant = ({ log, setup }) => {
  const violations: Violation[] = [];
  const empty = new Map<Side, Empty>();
  for (const entry of log.entries) {
    const now = reached(setup, entry.view);
    for (const side of SIDES) {
      const why = wrongWrite(setup, entry, { side, now }) ?? lingers(setup, entry, { side, now, empty });
      if (why) violations.push({ invariant: 'I1', seq: entry.seq, why });
    }
  }
  return violations;
};

function wrongWrite(setup: Setup, entry: Entry, { side, now }: { side: Side; now: ReadonlySet<Side> }): string | undefined {
  if (!isDriverWrite(entry) || !now.has(side)) return undefined;
  const object = objectOf(entry);
  if (object === `apps/deployments ${side === 'primary' ? `${setup.target}-primary` : setup.target}`) {
    if (replicasOf(entry.before) > 0 && replicasOf(entry.after) === 0)
      return `the ${side} was scaled to 0 or deleted while traffic goes there`;
    if (entry.before !== undefined && risky(entry.after) && changesTemplate(entry))
      return `the ${side} was replaced all at once while traffic goes there`;
  }
  const before = viewBefore(entry, setup);
  if (before && !reached(setup, before).has(side) && entry.view.ready[side] === 0)
    return `traffic was sent to the ${side}, which has no ready pod`;
  return undefined;
}

function viewBefore(entry: Entry, setup: Setup): View | undefined {
  const object = objectOf(entry);
  if (object === `services ${setup.apex}`) return { ...entry.view, apex: entry.before };
  if (isRoute(object, setup)) return { ...entry.view, route: entry.before };
  return undefined;
}

function changesTemplate({ before, after }: Entry): boolean {
  return textOf(at(before, 'spec', 'template')) !== textOf(at(after, 'spec', 'template'));
}

function risky(workload: unknown): boolean {
  return (
    at(workload, 'spec', 'strategy', 'type') === 'Recreate' ||
    at(workload, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable') === '100%'
  );
}

/** A driver that goes on working must lead traffic away, once the other side is ready to take it. */
function lingers(
  setup: Setup,
  entry: Entry,
  { side, now, empty }: { side: Side; now: ReadonlySet<Side>; empty: Map<Side, Empty> },
): string | undefined {
  const other = side === 'primary' ? 'canary' : 'primary';
  const helpless = entry.view.ready[other] === 0 || workloadOf(entry.view, other) === undefined;
  if (!isLed(setup, entry.view, { side, now }) || entry.view.ready[side] > 0 || helpless) return void empty.delete(side);
  if (!isDriver(entry.actor)) return undefined;
  const known = empty.get(side);
  if (known?.actor !== entry.actor) return void empty.set(side, { actor: entry.actor, since: entry.t });
  if (entry.t - known.since <= (setup.intervalMs ?? 10_000) + GRACE_MS) return undefined;
  empty.set(side, { actor: entry.actor, since: Infinity }); // told once
  return `traffic stayed on the ${side} without a ready pod although the ${other} was ready`;
}

/** Behind a mesh the route leads: the apex Service names the primary for good, so no driver can do more than move the route. */
function isLed(setup: Setup, view: View, { side, now }: { side: Side; now: ReadonlySet<Side> }): boolean {
  return setup.provider === 'istio' && view.route !== undefined ? weightOf(view.route, `${setup.apex}-${side}`) > 0 : now.has(side);
}
