// What Istio does with a client's requests: VirtualServices and the subsets of DestinationRules, read on our own account.
// It must never look at how a router of ours writes these objects.
import { isObject } from '../../common/json.ts';
import type { JsonObject, Obj } from '../../contracts.ts';
import { clientFor, fits, gatewayName, texts } from './istio-match.ts';
import { age, fullName, list, listed, object, spec } from './objects.ts';
import { textMatches } from './text-match.ts';
import type { Client, Destination, Host, Objects, Routing } from './types.ts';

/** A rule after delegation. Of each list of matches one must fit; an empty list is for everybody. */
interface Rule {
  readonly fields: JsonObject;
  readonly matches: readonly (readonly JsonObject[])[];
  /** Of the VirtualService that the rule stands in. */
  readonly namespace: string;
}

/** Undefined: no VirtualService names the host, or none is open at that gateway. No destinations: Istio answers itself. */
export function istioRouting(objects: Objects, host: Host, client: Client): Routing | undefined {
  const virtual = virtualServiceOf(objects, host, client);
  if (!virtual) return undefined;
  const http = rulesOf(objects, virtual);
  const tcp = !http.length && list(spec(virtual)['tcp']).length > 0;
  const rules = tcp ? ownRules(virtual, 'tcp') : http;
  const rule = rules.find((each) => takes(each, client));
  if (!rule || rule.fields['redirect'] || rule.fields['directResponse']) return { destinations: [], tcp };
  return { destinations: destinationsOf(objects, rule), copies: copiesOf(objects, rule), tcp };
}

/** The clients besides the ordinary one that rules for the host are made for. Who has a cookie that these rules give out got it here. */
export function istioClients(objects: Objects, host: Host): Client[] {
  const virtual = virtualServiceOf(objects, host, {});
  if (!virtual) return [];
  const rules = [...rulesOf(objects, virtual), ...ownRules(virtual, 'tcp')];
  const given = rules.flatMap(({ fields }) => list(fields['route']).flatMap((route) => cookiesOf(fields, route)));
  const pairs = given.map((line) => line.replace(/;[^]*$/, ''));
  const isGiven = (match: JsonObject) =>
    Object.entries(object(match['headers'])).some(
      ([name, text]) => name.toLowerCase() === 'cookie' && pairs.some((pair) => textMatches(text, pair)),
    );
  const made = rules
    .flatMap((rule) => rule.matches.flatMap((any) => any.filter((match) => !isGiven(match))))
    .flatMap((match) => clientFor(match) ?? [])
    .filter((client) => Object.keys(client).length > 0);
  return [...new Map(made.map((client) => [JSON.stringify(client), client])).values()];
}

/** The one that names the host most closely; of several, the oldest. A Service that no rule names may have its clients by an outer name, through
 *  a rule that delegates to the VirtualService called like it. */
function virtualServiceOf(objects: Objects, host: Host, { gateway }: Client): Obj | undefined {
  const asked = fullName(host);
  const open = listed(objects, 'VirtualService').filter((virtual) => gateway === undefined || gatewaysOf(virtual).includes(gateway));
  const candidates = open
    .map((virtual) => ({ virtual, closeness: Math.max(-1, ...hostsOf(virtual).map((named) => closeness(named, asked))) }))
    .filter((candidate) => candidate.closeness >= 0);
  candidates.sort((a, b) => b.closeness - a.closeness || (age(a.virtual) < age(b.virtual) ? -1 : 1));
  if (candidates[0]) return candidates[0].virtual;
  return open.sort((a, b) => (age(a) < age(b) ? -1 : 1)).find((virtual) => delegatesTo(virtual, asked));
}

function delegatesTo(virtual: Obj, asked: string): boolean {
  const own = namespaceOf(virtual);
  return list(spec(virtual)['http'])
    .map(({ delegate }) => object(delegate))
    .some(({ name, namespace = own }) => typeof name === 'string' && fullName({ name, namespace: String(namespace) }) === asked);
}

function gatewaysOf(virtual: Obj): string[] {
  const named = texts(spec(virtual)['gateways']);
  return named.length ? named.map((name) => gatewayName(name, namespaceOf(virtual))) : ['mesh'];
}

function hostsOf(virtual: Obj): string[] {
  return texts(spec(virtual)['hosts']).map((name) => fullName({ name, namespace: namespaceOf(virtual) }));
}

function namespaceOf({ metadata }: Obj): string {
  return metadata.namespace ?? 'default';
}

/** -1: does not match. An exact name beats every wildcard, a longer wildcard a shorter one. */
function closeness(named: string, asked: string): number {
  if (named === asked) return Infinity;
  return named.startsWith('*') && asked.endsWith(named.slice(1)) ? named.length : -1;
}

function rulesOf(objects: Objects, virtual: Obj): Rule[] {
  return ownRules(virtual, 'http').flatMap((rule) => {
    const delegate = rule.fields['delegate'];
    return isObject(delegate) ? delegated(objects, rule, delegate) : [rule];
  });
}

function ownRules(virtual: Obj, protocol: 'http' | 'tcp'): Rule[] {
  const namespace = namespaceOf(virtual);
  return list(spec(virtual)[protocol]).map((fields) => ({ fields, matches: [list(fields['match'])], namespace }));
}

/** The delegate's rules stand where the delegating one stood; what it leaves out it has from there. It names neither hosts nor gateways, and
 *  may not delegate again. */
function delegated(objects: Objects, rule: Rule, { name, namespace = rule.namespace }: JsonObject): Rule[] {
  const child = listed(objects, 'VirtualService', String(namespace)).find(({ metadata }) => metadata.name === name);
  if (!child || hostsOf(child).length || texts(spec(child)['gateways']).length) return [];
  return ownRules(child, 'http')
    .filter(({ fields }) => !isObject(fields['delegate']))
    .map((own) => ({ ...own, fields: { ...rule.fields, ...own.fields }, matches: [...rule.matches, ...own.matches] }));
}

function takes({ matches, namespace }: Rule, client: Client): boolean {
  return matches.every((any) => !any.length || any.some((match) => fits(match, client, namespace)));
}

function destinationsOf(objects: Objects, { fields, namespace }: Rule): Destination[] {
  const routes = list(fields['route']);
  const weights = routes.map((route) => (typeof route['weight'] === 'number' ? route['weight'] : 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return routes.flatMap((route, i) => {
    // The weight of an only route does not count; weights are shares of their sum.
    const percent = routes.length === 1 ? 100 : total > 0 ? ((weights[i] ?? 0) / total) * 100 : 0;
    const destination = destinationOf(objects, route['destination'], { percent, namespace });
    return destination ? [{ ...destination, cookies: cookiesOf(fields, route) }] : [];
  });
}

/** Every mirror gets its copies; without a percentage, of every request. */
function copiesOf(objects: Objects, { fields, namespace }: Rule): Destination[] {
  const { mirror, mirrorPercentage, mirrorPercent, mirror_percent: oldest } = fields;
  const single = { destination: mirror ?? null, percentage: mirrorPercentage ?? null, whole: mirrorPercent ?? oldest ?? null };
  return [single, ...list(fields['mirrors'])].flatMap(({ destination, percentage, whole }) => {
    const percent = isObject(percentage) ? Number(percentage['value'] ?? 0) : typeof whole === 'number' ? whole : 100;
    return destinationOf(objects, destination, { percent: Math.min(100, percent), namespace }) ?? [];
  });
}

function destinationOf(
  objects: Objects,
  destination: unknown,
  { percent, namespace }: { percent: number; namespace: string },
): Destination | undefined {
  const { host: name, subset } = object(destination);
  if (!(percent > 0) || typeof name !== 'string') return undefined;
  const host = { name, namespace };
  return typeof subset === 'string' && subset ? { host, percent, labels: subsetLabels(objects, host, subset) } : { host, percent };
}

/** Set-Cookie lines on the answers: first what the destination says, then the rule; each removes, then sets, then adds. */
function cookiesOf(rule: JsonObject, route: JsonObject): string[] {
  let lines: string[] = [];
  for (const { headers } of [route, rule]) {
    const { remove, set, add } = object(object(headers)['response']);
    if (texts(remove).some(isSetCookie)) lines = [];
    const [setTo] = setCookies(set);
    lines = [...(setTo === undefined ? lines : [setTo]), ...setCookies(add)];
  }
  return lines;
}

function setCookies(headers: unknown): string[] {
  return Object.entries(object(headers)).flatMap(([name, text]) => (isSetCookie(name) ? [String(text)] : []));
}

function isSetCookie(name: string): boolean {
  return name.toLowerCase() === 'set-cookie';
}

/** An unknown subset is a label that no pod has: requests for it are lost, as in Istio. */
function subsetLabels(objects: Objects, host: Host, subset: string): JsonObject {
  const asked = fullName(host);
  for (const rule of listed(objects, 'DestinationRule')) {
    const { host: named, subsets } = spec(rule);
    if (fullName({ name: String(named), namespace: namespaceOf(rule) }) !== asked) continue;
    const found = list(subsets).find(({ name }) => name === subset);
    if (found) return object(found['labels']);
  }
  return { [`subset ${subset}`]: 'unknown' };
}
