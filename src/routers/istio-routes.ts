// The list of routes in an Istio VirtualService of a user's: why it cannot carry a canary. Reads only.
import { dig, listAt } from '../common/dig.ts';
import type { Json, JsonObject } from '../contracts.ts';
import { mirrorsHere } from './istio-dialect.ts';
import { isMixed, leadsHere } from './rules/backends.ts';
import type { Backends, Ground } from './rules/dialect.ts';

/** `list`: 'http' or 'tcp', as the user knows them. */
export function unroutable(routes: readonly Json[], ground: Ground, list: string): string | undefined {
  const { canary, backends } = ground;
  const mixed = routes.findIndex((route) => isMixed(route, ground));
  if (mixed >= 0) return `spec.${list}[${mixed}] splits traffic between ${backends.apex} and other hosts, which leaves no whole to divide`;
  const { strategy } = canary;
  const taken = routes.findIndex((route) => leadsHere(route, ground) && mirrorsElsewhere(route, backends));
  if (taken >= 0 && strategy.kind !== 'skip' && strategy.mirror !== undefined)
    return `spec.${list}[${taken}] mirrors requests to another host: take that away, or analysis.mirror`;
  if (routes.some((route) => leadsHere(route, ground))) return undefined;
  const greedy = routes.findIndex((route) => listAt(route, 'match').length === 0);
  return greedy < 0
    ? undefined
    : `spec.${list}[${greedy}] takes all traffic to other hosts than ${backends.apex}: no route can come after it`;
}

function mirrorsElsewhere(rule: JsonObject, backends: Backends): boolean {
  return dig(rule, 'mirrors') !== undefined || (dig(rule, 'mirror') !== undefined && !mirrorsHere(rule, backends));
}
