// The routers for the Gateway API: one HTTPRoute named after the apex, in the version that the cluster serves. Of one that a user made only what the
// canary needs is changed. Must not write any other kind: Gateways are their owners'.
import { listAt, numberAt } from '../common/dig.ts';
import { equal, isObject, neededPatch } from '../common/json.ts';
import { present, problemOf, unreachable } from '../common/look.ts';
import { isOurs } from '../common/metadata.ts';
import type { Canary, Change, Ctx, Json, JsonObject, Obj, Problem, Ref, Traffic, TrafficRouter, Verdict } from '../contracts.ts';
import { gatewayDialect } from './gatewayapi-dialect.ts';
import type { Version } from './gatewayapi-dialect.ts';
import { excess, traffics } from './gatewayapi-limits.ts';
import { objection, reachOf } from './gatewayapi-parents.ts';
import { allOf, rivals } from './gatewayapi-rivals.ts';
import { cookieAskedFor, keepsByCookie, lossIn } from './gatewayapi-taken.ts';
import { servedOtherwise, twinToAskFor } from './gatewayapi-version.ts';
import { entriesOf, groundOf, isMixed, leadsHere } from './rules/backends.ts';
import type { Dialect, Ground } from './rules/dialect.ts';
import { rulesGivenBack } from './rules/giving-back.ts';
import { ownRules, trafficIn, withTraffic } from './rules/groups.ts';
import { lookedAtForMarks, routingMarks, wordsOf } from './rules/marks.ts';

export const gatewayV1 = routerFor({ version: 'v1', timeouts: true, cors: true });
export const gatewayV1beta1 = routerFor({ version: 'v1beta1', timeouts: false, cors: false });

/** The route as it is seen, and how it is read and written. */
interface Seen {
  readonly c: Ctx;
  readonly ref: Ref;
  readonly ground: Ground;
  readonly existing: Obj | undefined;
}

function routerFor(version: Version): TrafficRouter {
  const dialect = gatewayDialect(version);
  const refOf = ({ canary }: Ctx): Ref => ({
    apiVersion: `gateway.networking.k8s.io/${version.version}`,
    kind: 'HTTPRoute',
    name: canary.service.name,
  });
  const seen = (c: Ctx): Seen => see(c, refOf(c), dialect);
  return {
    ids: [`gatewayapi:${version.version}`],
    can: { split: true, match: true, mirror: true, affinity: true },
    queries: 'http',
    touches: () => [],
    needs: (c) => [refOf(c), allOf(refOf(c)), ...twinToAskFor(c, refOf(c)), ...lookedAtForMarks(c)],
    drives: (c) => [refOf(c)],
    check: (c) => check(seen(c)),
    prepare: () => [],
    route: (c, want) => route(seen(c), want),
    without: (c) => without(seen(c)),
    read: (c) => read(seen(c)),
    settled: (c) => settled(seen(c)),
  };
}

function see(c: Ctx, ref: Ref, dialect: Dialect): Seen {
  return { c, ref, ground: groundOf(dialect, c.canary), existing: present(c, ref) };
}

function check(seen: Seen): Problem[] {
  const { c, ref, ground, existing } = seen;
  const closed = unreachable(c, ref);
  if (closed) return [servedOtherwise(c, ref) ?? closed];
  if (!c.canary.service.gatewayRefs?.length)
    return [{ path: 'spec.service.gatewayRefs', text: 'GatewayRefs must be specified when using Gateway API as a provider.' }];
  const theirs = existing && !isOurs(existing) ? (whyNotTheirs(rulesOf(existing), ground) ?? whyNotNarrowed(seen)) : undefined;
  const text = theirs ?? traffics(c.canary).reduce<string | undefined>((found, want) => found ?? excess(rulesWith(seen, want)), undefined);
  return text === undefined ? rivals(seen, rulesWith(seen, { kind: 'split', canary: 0 })) : [problemOf(ref, text)];
}

/** Why an HTTPRoute that a user made cannot carry this canary. */
function whyNotTheirs(rules: readonly Json[], ground: Ground): string | undefined {
  const { apex } = ground.backends;
  const mixed = rules.findIndex((rule) => isMixed(rule, ground));
  if (mixed >= 0) return `spec.rules[${mixed}] splits traffic between ${apex} and others, which leaves no whole to divide`;
  const elsewhere = rules.map((rule) => portElsewhere(rule, ground));
  const place = elsewhere.findIndex((port) => port !== undefined);
  if (place >= 0) {
    const { port } = ground.canary.service;
    const has = `${apex}-primary and ${apex}-canary would have port ${port} only`;
    return `spec.rules[${place}] leads to port ${elsewhere[place]} of ${apex}, and ${has}: change spec.service.port, or set portDiscovery`;
  }
  return rules.some((rule) => leadsHere(rule, ground)) ? undefined : whyNoRoom(rules, ground);
}

function portElsewhere(rule: Json, ground: Ground): number | undefined {
  const { port, portDiscovery } = ground.canary.service;
  if (portDiscovery || !leadsHere(rule, ground)) return undefined;
  return entriesOf(rule, ground)
    .map((entry) => numberAt(entry, 'port'))
    .find((each) => each !== undefined && each !== port);
}

/** Of two rules for the same requests the first is taken, and ours would be the last. */
function whyNoRoom(rules: readonly Json[], ground: Ground): string | undefined {
  const [own = {}] = ownRules({ ...ground, canary: plain(ground.canary) }, { kind: 'split', canary: 0 });
  const asked = listAt(own, 'matches');
  const taken = rules.findIndex((rule) =>
    listAt(ground.dialect.inFull(isObject(rule) ? rule : {}), 'matches').some((match) => asked.some((each) => equal(each, match))),
  );
  if (taken < 0) return undefined;
  return `spec.rules[${taken}] takes the requests of ${ground.backends.apex} elsewhere: name other requests in spec.service.match, or change that rule`;
}

/** Why rules for some users alone cannot stand beside those that are there. */
function whyNotNarrowed(seen: Seen): string | undefined {
  const { ground, existing } = seen;
  const { canary } = ground;
  const atRest = rulesWith({ ...seen, ground: { ...ground, canary: plain(canary) } }, { kind: 'split', canary: 0 });
  const byCookie = keepsByCookie(canary);
  const asked = byCookie ? cookieAskedFor(atRest, ground) : undefined;
  const cause = byCookie ? 'analysis.sessionAffinity' : 'analysis.match';
  const { affinity: _unused, ...uncookied } = canary;
  const lists = traffics(byCookie ? canary : uncookied).map((want) => ({
    live: rulesOf(existing),
    atRest,
    narrowed: rulesWith(seen, want),
  }));
  return lists.reduce((found, each) => found ?? lossIn(each, cause, ground), asked);
}

/** As it is outside a test. */
function plain(canary: Canary): Canary {
  return { ...canary, match: [] };
}

function route(seen: Seen, want: Traffic): Change[] {
  const { c, ref, existing } = seen;
  const marks = routingMarks(c, existing);
  const spec: JsonObject = { ...reachOf(c.canary, existing), rules: rulesWith(seen, want) };
  const why = `${ref.name} ${wordsOf(want)}`;
  if (!existing) {
    const metadata = { name: ref.name, namespace: c.canary.namespace, ...marks };
    const said = Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== null));
    return [{ op: 'create', object: { apiVersion: ref.apiVersion, kind: ref.kind, metadata, spec: said }, why }];
  }
  const patch = neededPatch(existing as JsonObject, { metadata: marks, spec });
  return isObject(patch) ? [{ op: 'merge', ref, patch, why }] : [];
}

function without({ c, ref, existing, ground }: Seen): Change[] {
  const rules = existing && !isOurs(existing) ? rulesGivenBack(rulesOf(existing), ground) : [];
  const patch = rules.length ? neededPatch(existing as JsonObject, { spec: { rules } }) : undefined;
  return isObject(patch) ? [{ op: 'merge', ref, patch, why: `${ref.name} leads to Service ${c.canary.service.name}` }] : [];
}

function rulesWith({ existing, ground }: Seen, want: Traffic): Json[] {
  return existing && !isOurs(existing) ? withTraffic(rulesOf(existing), ground, want) : ownRules(ground, want);
}

function read({ existing, ground }: Seen): Traffic | undefined {
  return trafficIn(rulesOf(existing), ground);
}

function settled(seen: Seen): Verdict {
  const { c, ref, existing } = seen;
  if (!existing || !read(seen)) return { is: 'waiting', why: `HTTPRoute ${ref.name} does not route to this canary` };
  const against = objection(existing, c.canary);
  return against === undefined ? { is: 'ready' } : { is: 'waiting', why: `HTTPRoute ${ref.name}: ${against}` };
}

function rulesOf(httpRoute: Obj | undefined): Json[] {
  return listAt(httpRoute, 'spec', 'rules');
}
