// What an API server would refuse in the rules of an HTTPRoute as a whole, in words, for all that a canary may want of it. What one field may hold
// is asked of the file before (src/spec).
import { dig, listAt, textAt } from '../common/dig.ts';
import { parseDuration } from '../common/duration.ts';
import type { Canary, Json, Traffic } from '../contracts.ts';

const most = { rules: 16, matches: 64, allMatches: 128, perMatch: 16, filters: 16, headers: 16 };

/** One of each kind of traffic that this canary may see, each with as many rules as that takes. */
export function traffics({ strategy, affinity }: Canary): Traffic[] {
  const cookies = { canary: 'canary', primary: 'primary', expire: 'expire' };
  return [
    { kind: 'split', canary: 50, ...(affinity ? { cookies } : {}) },
    ...(strategy.kind === 'iterations' && strategy.by === 'match' ? [{ kind: 'match' } as const] : []),
    ...(strategy.kind !== 'skip' && strategy.mirror !== undefined ? [{ kind: 'mirror', percent: strategy.mirror } as const] : []),
  ];
}

/** The first thing that is too much; undefined: nothing is. */
export function excess(rules: readonly Json[]): string | undefined {
  if (rules.length > most.rules) return `would have ${rules.length} rules, and an HTTPRoute holds ${most.rules}`;
  const all = rules.reduce<number>((sum, rule) => sum + listAt(rule, 'matches').length, 0);
  if (all > most.allMatches) return `would have ${all} matches in all, and an HTTPRoute holds ${most.allMatches}`;
  for (const [place, rule] of rules.entries()) {
    const text = excessIn(rule);
    if (text !== undefined) return `spec.rules[${place}] ${text}`;
  }
  return undefined;
}

function excessIn(rule: Json): string | undefined {
  const matches = listAt(rule, 'matches');
  if (matches.length > most.matches) return `would have ${matches.length} matches, and a rule holds ${most.matches}`;
  for (const list of ['headers', 'queryParams'])
    if (matches.some((match) => listAt(match, list).length > most.perMatch))
      return `would match more than ${most.perMatch} ${list} at once`;
  return filterExcess(rule) ?? prefixTrouble(rule) ?? timeTrouble(rule);
}

function filterExcess(rule: Json): string | undefined {
  for (const holder of [rule, ...listAt(rule, 'backendRefs')]) {
    const filters = listAt(holder, 'filters');
    if (filters.length > most.filters) return `would have ${filters.length} filters, and a rule holds ${most.filters}`;
    const added = filters.flatMap((filter) =>
      ['requestHeaderModifier', 'responseHeaderModifier'].map((field) => listAt(filter, field, 'add')),
    );
    if (added.some((list) => list.length > most.headers)) return `would add more than ${most.headers} headers, counting the cookie`;
    const types = filters.map((filter) => dig(filter, 'type'));
    if (types.includes('URLRewrite') && types.includes('RequestRedirect')) return 'redirects requests, so they cannot be rewritten too';
  }
  return undefined;
}

function prefixTrouble(rule: Json): string | undefined {
  const replaces = (holder: Json): boolean =>
    listAt(holder, 'filters').some((filter) => dig(filter, 'urlRewrite', 'path', 'replacePrefixMatch') !== undefined);
  if (![rule, ...listAt(rule, 'backendRefs')].some(replaces)) return undefined;
  const matches = listAt(rule, 'matches');
  if (matches.length === 1 && textAt(matches[0], 'path', 'type') === 'PathPrefix') return undefined;
  return 'replaces the prefix of the path, so it can have one match only, with a prefix: write one condition with uri.prefix, or rewrite the full path';
}

function timeTrouble(rule: Json): string | undefined {
  const [whole, part] = ['request', 'backendRequest'].map((field) => parseDuration(textAt(rule, 'timeouts', field) ?? ''));
  if (whole === undefined || part === undefined || whole === 0 || part <= whole) return undefined;
  return 'would give one try (backendRequest) more time than the whole request has';
}
