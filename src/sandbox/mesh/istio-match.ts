// Which requests a rule of a VirtualService is for, after Istio's reference of HTTPMatchRequest and L4MatchAttributes, and which client it takes
// to be one of them. It must not know where the rule leads.
import type { JsonObject, Strings } from '../../contracts.ts';
import { object } from './objects.ts';
import { textFor, textMatches } from './text-match.ts';
import type { Client } from './types.ts';

/** `namespace`: of the VirtualService, which short names of gateways belong to. Everything that a match names must hold. */
export function fits(match: JsonObject, client: Client, namespace: string): boolean {
  return fitsSource(match, client, namespace) && fitsAddress(match, client) && fitsHeaders(match, client) && fitsQuery(match, client);
}

/** Where gateways are named, nothing else is asked of the source. */
function fitsSource(match: JsonObject, { gateway, labels = {}, namespace: source }: Client, namespace: string): boolean {
  const gateways = texts(match['gateways']);
  if (gateways.length) return gateway === undefined || gateways.some((name) => gatewayName(name, namespace) === gateway);
  const { sourceNamespace } = match;
  if (sourceNamespace && sourceNamespace !== source) return false;
  return Object.entries(object(match['sourceLabels'])).every(([key, value]) => labels[key] === value);
}

export function gatewayName(name: string, namespace: string): string {
  return name === 'mesh' || name.includes('/') ? name : `${namespace}/${name}`;
}

function fitsAddress({ uri, method, ignoreUriCase }: JsonObject, client: Client): boolean {
  if (method && client.method !== undefined && !textMatches(method, client.method)) return false;
  if (!uri || client.path === undefined) return true;
  const path = client.path.replace(/\?[^]*$/, '');
  if (ignoreUriCase !== true || object(uri)['regex'] !== undefined) return textMatches(uri, path);
  const lower = Object.entries(object(uri)).map(([form, text]) => [form, String(text).toLowerCase()]);
  return textMatches(Object.fromEntries(lower), path.toLowerCase());
}

function fitsHeaders({ headers, withoutHeaders }: JsonObject, { headers: sent = {} }: Client): boolean {
  // Istio asks for names in lower case; the proxy does not care.
  const has = ([name, match]: [string, unknown]) => textMatches(match, sent[name.toLowerCase()]);
  return Object.entries(object(headers)).every(has) && !Object.entries(object(withoutHeaders)).some(has);
}

function fitsQuery({ queryParams }: JsonObject, { query = {}, path = '' }: Client): boolean {
  const inPath = path.includes('?') ? Object.fromEntries(new URLSearchParams(path.slice(path.indexOf('?') + 1))) : {};
  const sent: Strings = { ...inPath, ...query };
  return Object.entries(object(queryParams)).every(([name, match]) => textMatches(match, sent[name]));
}

/** The client that such a match is made for: {} for an ordinary one, undefined where none could be made up. */
export function clientFor(match: JsonObject): Client | undefined {
  const headers = sample(match['headers'], (name) => name.toLowerCase());
  const query = sample(match['queryParams'], (name) => name);
  if (!headers || !query) return undefined;
  const ofGateways = texts(match['gateways']).length > 0;
  const labels = ofGateways ? {} : object(match['sourceLabels']);
  const { sourceNamespace } = match;
  return {
    ...(Object.keys(headers).length ? { headers } : {}),
    ...(Object.keys(query).length ? { query } : {}),
    ...(Object.keys(labels).length
      ? { labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)])) }
      : {}),
    ...(!ofGateways && typeof sourceNamespace === 'string' && sourceNamespace ? { namespace: sourceNamespace } : {}),
  };
}

function sample(matches: unknown, nameOf: (name: string) => string): Strings | undefined {
  const found: Strings = {};
  for (const [name, match] of Object.entries(object(matches))) {
    const text = textFor(match);
    if (text === undefined) return undefined;
    found[nameOf(name)] = text;
  }
  return found;
}

export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
