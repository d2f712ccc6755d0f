// Which requests a match of an HTTPRoute is for, how matches rank, and which client one is made for: after the specification of Gateway API.
// It must not know where a rule leads.
import type { JsonObject, Strings } from '../../contracts.ts';
import { list, object } from './objects.ts';
import { textFor, textMatches } from './text-match.ts';
import type { Client } from './types.ts';

/** Everything that a match names must hold. */
export function matches(match: JsonObject, client: Client): boolean {
  const { method } = match;
  const sent = queryOf(client);
  return (
    matchesPath(match['path'], client.path) &&
    (method === undefined || client.method === undefined || method === client.method) &&
    conditions(match['headers'], lowerCase).every(([name, form]) => textMatches(form, client.headers?.[name])) &&
    conditions(match['queryParams']).every(([name, form]) => textMatches(form, sent[name]))
  );
}

function matchesPath(path: unknown, asked: string | undefined): boolean {
  if (asked === undefined) return true;
  const { type, value } = pathOf(path);
  const plain = asked.replace(/\?[^]*$/, '');
  if (type === 'Exact') return plain === value;
  if (type === 'RegularExpression') return textMatches({ regex: value }, plain);
  // By whole elements: /abc is for /abc/def and not for /abcd.
  const stem = value.replace(/\/$/, '');
  return plain === stem || plain.startsWith(`${stem}/`);
}

function pathOf(path: unknown): { type: string; value: string } {
  const { type, value } = object(path);
  return { type: typeof type === 'string' ? type : 'PathPrefix', value: typeof value === 'string' ? value : '/' };
}

/** Numbers that are compared one after another, larger ones first. Where expressions stand among paths, the specification leaves open. */
export function rank(match: JsonObject): number[] {
  const { type, value } = pathOf(match['path']);
  const form = ['PathPrefix', 'RegularExpression', 'Exact'].indexOf(type);
  const method = match['method'] === undefined ? 0 : 1;
  return [form, value.length, method, conditions(match['headers'], lowerCase).length, conditions(match['queryParams']).length];
}

type Condition = readonly [name: string, form: { exact: string } | { regex: string }];

/** Of several with the same name only the first counts. */
function conditions(value: unknown, nameOf: (name: string) => string = (name) => name): Condition[] {
  const found = new Map<string, Condition[1]>();
  for (const { name, type, value: text } of list(value)) {
    if (typeof name !== 'string' || typeof text !== 'string' || found.has(nameOf(name))) continue;
    found.set(nameOf(name), type === 'RegularExpression' ? { regex: text } : { exact: text });
  }
  return [...found];
}

export function lowerCase(name: string): string {
  return name.toLowerCase();
}

function queryOf({ query = {}, path = '' }: Client): Strings {
  const inPath = path.includes('?') ? Object.fromEntries(new URLSearchParams(path.slice(path.indexOf('?') + 1))) : {};
  return { ...inPath, ...query };
}

/** Asks for one of these cookies ('name=value'): who has one got it from the route. */
export function asksForCookie(match: JsonObject, pairs: readonly string[]): boolean {
  return conditions(match['headers'], lowerCase).some(([name, form]) => name === 'cookie' && pairs.some((pair) => textMatches(form, pair)));
}

/** The client that such a match is made for: {} for an ordinary one, undefined where none could be made up. */
export function clientFor(match: JsonObject): Client | undefined {
  const headers = sample(conditions(match['headers'], lowerCase));
  const query = sample(conditions(match['queryParams']));
  if (!headers || !query) return undefined;
  return { ...(Object.keys(headers).length ? { headers } : {}), ...(Object.keys(query).length ? { query } : {}) };
}

function sample(all: readonly Condition[]): Strings | undefined {
  const found = all.map(([name, form]) => [name, textFor(form)] as const);
  return found.some(([, text]) => text === undefined) ? undefined : (Object.fromEntries(found) as Strings);
}
