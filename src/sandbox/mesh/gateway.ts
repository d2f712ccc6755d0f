// What a proxy for Gateway API does with a client's requests: HTTPRoutes, read on our own account after the specification. It must never look at how a
// router of ours writes these objects.
import type { JsonObject, Obj } from '../../contracts.ts';
import { asksForCookie, clientFor, lowerCase, matches, rank } from './gateway-match.ts';
import { hasPort, serviceOf } from './kubernetes.ts';
import { age, fullName, list, listed, object, spec } from './objects.ts';
import type { Client, Destination, Host, Objects, Routing } from './types.ts';
import { texts } from './istio-match.ts';

/** One match of a rule. */
interface Candidate {
  readonly rule: JsonObject;
  readonly match: JsonObject;
  readonly route: Obj;
  readonly ranks: readonly number[];
}

/** Undefined: no HTTPRoute is for the host, or none is attached to that Gateway. No destinations: the proxy answers itself. */
export function gatewayRouting(objects: Objects, host: Host, client: Client): Routing | undefined {
  const candidates = candidatesFor(objects, host, client);
  if (!candidates.length) return undefined;
  const found = candidates.find(({ match }) => matches(match, client));
  if (!found || filtersOf(found.rule, 'RequestRedirect').length) return { destinations: [] };
  return { destinations: destinationsOf(objects, found), copies: copiesOf(objects, found) };
}

/** The clients besides the ordinary one that rules for the host are made for. Who has a cookie that these rules give out got it here. */
export function gatewayClients(objects: Objects, host: Host): Client[] {
  const candidates = candidatesFor(objects, host, {});
  const given = candidates.flatMap(({ rule }) => list(rule['backendRefs']).flatMap((backend) => cookiesOf(rule, backend)));
  const pairs = given.map((line) => line.replace(/;[^]*$/, ''));
  const made = candidates
    .filter(({ match }) => !asksForCookie(match, pairs))
    .flatMap(({ match }) => clientFor(match) ?? [])
    .filter((client) => Object.keys(client).length > 0);
  return [...new Map(made.map((client) => [JSON.stringify(client), client])).values()];
}

/** Of all routes for the host, the one that comes first first: by hostname, by what the match asks, by age, by place. */
function candidatesFor(objects: Objects, host: Host, client: Client): Candidate[] {
  const candidates = listed(objects, 'HTTPRoute').flatMap((route) => {
    const closeness = closenessOf(objects, route, host);
    if (closeness === undefined || !isAttached(route, client)) return [];
    return list(spec(route)['rules']).flatMap((rule) =>
      matchesIn(rule).map((match) => ({ rule, match, route, ranks: [closeness, ...rank(match)] })),
    );
  });
  return candidates.sort((a, b) => differenceOf(b.ranks, a.ranks) || (age(a.route) < age(b.route) ? -1 : a.route === b.route ? 0 : 1));
}

function matchesIn(rule: JsonObject): JsonObject[] {
  const own = list(rule['matches']);
  return own.length ? own : [{}];
}

function differenceOf(some: readonly number[], others: readonly number[]): number {
  return some.map((rank, no) => rank - (others[no] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

/** Undefined: not for this host. Who asks for a Service comes by the route that is named like it, or that has it for a parent. */
function closenessOf(objects: Objects, route: Obj, host: Host): number | undefined {
  const asked = fullName(host);
  const names = texts(spec(route)['hostnames']);
  const service = serviceOf(objects, host);
  const own = { name: route.metadata.name, namespace: namespaceOf(route) };
  if (service && (fullName(own) === asked || parentServices(route).includes(asked))) return 0;
  if (!service && !names.length) return 0;
  const found = names.filter((name) => isFor(name, service ? [asked, host.name] : [asked]));
  // An exact name beats every wildcard, a longer wildcard a shorter one.
  return found.length ? Math.max(...found.map((name) => (name.startsWith('*.') ? name.length : 1_000))) : undefined;
}

function isFor(name: string, asked: readonly string[]): boolean {
  return asked.some((each) => each === name || (name.startsWith('*.') && each.endsWith(name.slice(1))));
}

function parentServices(route: Obj): string[] {
  const parents = list(spec(route)['parentRefs']).filter(({ kind }) => kind === 'Service');
  return parents.map(({ name, namespace = namespaceOf(route) }) => fullName({ name: String(name), namespace: String(namespace) }));
}

/** A route without parents is for nobody. */
function isAttached(route: Obj, { gateway }: Client): boolean {
  const parents = list(spec(route)['parentRefs']);
  if (gateway === undefined) return parents.length > 0;
  return parents.some(({ kind = 'Gateway', name, namespace = namespaceOf(route) }) =>
    kind === 'Service' ? gateway === 'mesh' : `${String(namespace)}/${String(name)}` === gateway,
  );
}

function namespaceOf({ metadata }: Obj): string {
  return metadata.namespace ?? 'default';
}

/** Weights are shares of their sum. */
function destinationsOf(objects: Objects, { rule, route }: Candidate): Destination[] {
  const backends = list(rule['backendRefs']);
  const total = backends.reduce((sum, backend) => sum + weightOf(backend), 0);
  return backends.flatMap((backend) => {
    const percent = total > 0 ? (weightOf(backend) / total) * 100 : 0;
    return percent > 0 ? [{ host: hostOf(objects, route, backend), percent, cookies: cookiesOf(rule, backend) }] : [];
  });
}

function weightOf({ weight = 1 }: JsonObject): number {
  return typeof weight === 'number' ? Math.max(0, weight) : 0;
}

/** What cannot be resolved has its share answered with 500: a host that nobody has. */
function hostOf(objects: Objects, route: Obj, { group = '', kind = 'Service', name, namespace, port }: JsonObject): Host {
  const home = namespaceOf(route);
  const host = { name: String(name), namespace: home };
  const service = group === '' && kind === 'Service' && (namespace ?? home) === home ? serviceOf(objects, host) : undefined;
  return service && hasPort(service, port) ? host : { name: `${String(name)}.unresolved`, namespace: home };
}

/** Every mirror gets its copies; without a share, of every request. */
function copiesOf(objects: Objects, { rule, route }: Candidate): Destination[] {
  return filtersOf(rule, 'RequestMirror').flatMap(({ requestMirror }) => {
    const { backendRef, percent, fraction } = object(requestMirror);
    const { numerator, denominator = 100 } = object(fraction);
    const share = typeof percent === 'number' ? percent : typeof numerator === 'number' ? (numerator / Number(denominator)) * 100 : 100;
    return share > 0 ? [{ host: hostOf(objects, route, object(backendRef)), percent: Math.min(100, share) }] : [];
  });
}

function filtersOf(from: JsonObject, type: string): JsonObject[] {
  return list(from['filters']).filter((filter) => filter['type'] === type);
}

/** Set-Cookie lines on the answers: first what the backend's filters say, then the rule's; each removes, then sets, then adds. */
function cookiesOf(rule: JsonObject, backend: JsonObject): string[] {
  let lines: string[] = [];
  for (const { responseHeaderModifier } of [backend, rule].flatMap((each) => filtersOf(each, 'ResponseHeaderModifier'))) {
    const { remove, set, add } = object(responseHeaderModifier);
    if (texts(remove).some(isSetCookie)) lines = [];
    const [setTo] = setCookies(set);
    lines = [...(setTo === undefined ? lines : [setTo]), ...setCookies(add)];
  }
  return lines;
}

function setCookies(headers: unknown): string[] {
  return list(headers).flatMap(({ name, value }) => (typeof name === 'string' && isSetCookie(name) ? [String(value)] : []));
}

function isSetCookie(name: string): boolean {
  return lowerCase(name) === 'set-cookie';
}
