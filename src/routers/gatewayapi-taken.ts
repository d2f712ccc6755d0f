// What rules for cookies and for requests under test would take from the rules of others in an HTTPRoute that a user made. Among the rules of a host a
// Gateway prefers the one that asks for more headers, whatever stands first. Reads only.
import { isObject } from '../common/json.ts';
import { listAt } from '../common/dig.ts';
import type { Canary, Json, JsonObject } from '../contracts.ts';
import { headerName, matchesInFull } from './gatewayapi-matches.ts';
import { canMeetBoth, isWithin, preferred } from './gatewayapi-precedence.ts';
import { leadsHere } from './rules/backends.ts';
import type { Ground } from './rules/dialect.ts';

/** A match of a rule. `before`: so many rules of others stand before it. */
interface Placed {
  readonly match: JsonObject;
  readonly before: number;
}

/** How the rules are at rest, without a test or a cookie, and with one. */
export interface Lists {
  readonly live: readonly Json[];
  readonly atRest: readonly Json[];
  readonly narrowed: readonly Json[];
}

/** Which rule of others would lose requests. `cause`: the field of the file that would do it. */
export function lossIn({ live, atRest, narrowed }: Lists, cause: string, ground: Ground): string | undefined {
  const home = oursIn(atRest, ground);
  const ours = oursIn(narrowed, ground);
  const others = [...live.entries()].filter(([, rule]) => !leadsHere(rule, ground));
  const at = others.findIndex(([, rule], before) => matchesOf(rule).some((match) => isTaken({ match, before }, ours, home)));
  const [place] = others[at] ?? [];
  if (place === undefined) return undefined;
  const { apex } = ground.backends;
  const why = `${cause} would lead some of its requests to ${apex}: a Gateway prefers the rule that asks for more headers`;
  return `spec.rules[${place}] leads elsewhere than to ${apex}, and ${why}; give that rule a longer path, or leave out ${cause}`;
}

/** Cookies are found by the header Cookie, and a name may be asked for once only. */
export function cookieAskedFor(atRest: readonly Json[], ground: Ground): string | undefined {
  const asks = (rule: Json): boolean =>
    matchesOf(rule).some((match) => listAt(match, 'headers').some((each) => headerName(each) === 'cookie'));
  if (!atRest.some((rule) => leadsHere(rule, ground) && asks(rule))) return undefined;
  return `has a rule to ${ground.backends.apex} that asks for the header Cookie, which analysis.sessionAffinity needs for its own: leave out one of them`;
}

/** Does the file keep users by cookie at all? */
export function keepsByCookie({ strategy, affinity }: Canary): boolean {
  return affinity !== undefined && strategy.kind === 'weights';
}

/** One of ours may be preferred, and it is not for requests that came here anyway. */
function isTaken(other: Placed, ours: readonly Placed[], home: readonly Placed[]): boolean {
  const came = (each: Placed): boolean => home.some((own) => isWithin(each.match, own.match) && first(own, other) === 'yes');
  return ours.some((each) => canMeetBoth(each.match, other.match) && first(each, other) !== 'no' && !came(each));
}

function first(own: Placed, other: Placed): 'yes' | 'no' | 'maybe' {
  const which = preferred(own.match, other.match);
  if (which === 'unknown') return 'maybe';
  if (which === 'tie') return own.before <= other.before ? 'yes' : 'no';
  return which === 'first' ? 'yes' : 'no';
}

function oursIn(rules: readonly Json[], ground: Ground): Placed[] {
  let before = 0;
  return rules.flatMap((rule) => {
    if (leadsHere(rule, ground)) return matchesOf(rule).map((match) => ({ match, before }));
    before += 1;
    return [];
  });
}

function matchesOf(rule: Json): JsonObject[] {
  return isObject(rule) ? matchesInFull(listAt(rule, 'matches')) : [];
}
