// The three Services of a canary: `<name>` (the apex), `<name>-primary` and `<name>-canary`. Of a Service that a user made only selector and
// ports change. Must never write an empty selector: such a Service serves nobody.
import { dig, stringsAt, textAt } from '../common/dig.ts';
import { equal } from '../common/json.ts';
import { present, problemOf } from '../common/look.ts';
import { handsOff, isOurs } from '../common/metadata.ts';
import { replacePatch } from '../common/replace-patch.ts';
import type { Canary, Change, Ctx, Json, JsonObject, Obj, Problem, Ref, Side, Strings } from '../contracts.ts';
import type { Marks } from '../spec/types.ts';
import { marksOf, marksPatch } from './service-marks.ts';
import { ownPorts, servicePort, usersPorts } from './service-ports.ts';

interface Wanted {
  readonly selector: Strings;
  /** Besides the canary's own. */
  readonly ports: readonly JsonObject[];
}

export function serviceNeeds(canary: Canary): Ref[] {
  return [serviceRef(canary), serviceRef(canary, 'primary'), serviceRef(canary, 'canary')];
}

/** Without a side: the apex. */
function serviceRef(canary: Canary, side?: Side): Ref {
  return { apiVersion: 'v1', kind: 'Service', name: side ? `${canary.service.name}-${side}` : canary.service.name };
}

/** The Services of both sides. They take no traffic from the apex, so they may be made at any time. `ports`: besides the canary's own. */
export function sideServices(ctx: Ctx, wanted: { selectors: Readonly<Record<Side, Strings>>; ports: readonly JsonObject[] }): Change[] {
  const { selectors, ports } = wanted;
  return [
    ...serviceChanges(ctx, 'primary', { selector: selectors.primary, ports }),
    ...serviceChanges(ctx, 'canary', { selector: selectors.canary, ports }),
  ];
}

/** The apex: this moves traffic wherever no mesh stands before it. */
export function apexService(ctx: Ctx, wanted: Wanted): Change[] {
  return serviceChanges(ctx, 'apex', wanted);
}

/** What stands in the way of these Services and no patch can mend. */
export function serviceProblems(ctx: Ctx): Problem[] {
  const apex = serviceRef(ctx.canary);
  return serviceNeeds(ctx.canary).flatMap((ref) => {
    const service = present(ctx, ref);
    const text = service && (isOurs(service) ? ownProblem(ctx.canary, service) : usersProblem(service, ref.name === apex.name));
    return text === undefined ? [] : [problemOf(ref, text)];
  });
}

/** The kind of cluster IP is for a Service's whole life. */
function ownProblem(canary: Canary, service: Obj): string | undefined {
  const wanted = canary.service.headless;
  if (isHeadless(service) === wanted) return usersProblem(service, false);
  const [has, wants] = wanted ? ['has a cluster IP', 'is true'] : ['is headless', 'is false'];
  const way = `delete it, which cuts off its users until it is made again, or take the change back`;
  return `${has}, spec.service.headless ${wants}, and that cannot be changed: ${way}`;
}

function usersProblem(service: Obj, isApex: boolean): string | undefined {
  if (textAt(service, 'spec', 'type') === 'ExternalName') return 'is of type ExternalName, which leads to no pods';
  const hasOwnEndpoints = isApex && isHeadless(service) && Object.keys(selectorOf(service)).length === 0;
  return hasOwnEndpoints
    ? 'is headless and has no selector: somebody else writes its endpoints, and a selector would replace them'
    : undefined;
}

function isHeadless(service: Obj): boolean {
  return textAt(service, 'spec', 'clusterIP') === 'None';
}

/** Whose pods the apex selects, told by the Services of the sides. */
export function apexPoints(ctx: Ctx): 'primary' | 'canary' | 'elsewhere' | 'absent' {
  const apex = present(ctx, serviceRef(ctx.canary));
  if (!apex) return 'absent';
  const points = (side: Side): boolean => {
    const service = present(ctx, serviceRef(ctx.canary, side));
    return service !== undefined && equal(selectorOf(service), selectorOf(apex));
  };
  if (Object.keys(selectorOf(apex)).length === 0) return 'elsewhere';
  if (points('primary')) return 'primary';
  return points('canary') ? 'canary' : 'elsewhere';
}

function serviceChanges(ctx: Ctx, which: Side | 'apex', wanted: Wanted): Change[] {
  const [label, value] = Object.entries(wanted.selector)[0] ?? [];
  if (label === undefined || value === undefined) return [];
  const ref = serviceRef(ctx.canary, which === 'apex' ? undefined : which);
  const existing = present(ctx, ref);
  const why = `Service ${ref.name} selects ${label}=${value}`;
  const marks = marksOf(ctx.canary.service.marks[which], { [label]: ref.name });
  if (existing) {
    const patch = isOurs(existing) ? ownPatch(ctx.canary, existing, { ...wanted, marks }) : usersPatch(ctx.canary, existing, wanted);
    return patch ? [{ op: 'merge', ref, patch, why }] : [];
  }
  const { apiVersion, kind, name } = ref;
  const metadata = { name, namespace: ctx.canary.namespace, labels: marks.labels, annotations: { ...marks.annotations, ...handsOff } };
  const spec = {
    type: 'ClusterIP',
    ...ownFields(ctx.canary),
    selector: wanted.selector,
    ports: [servicePort(ctx.canary), ...wanted.ports],
  };
  return [{ op: 'create', object: { apiVersion, kind, metadata, spec }, why }];
}

/** Fields of Services that we make besides selector and ports. */
function ownFields(canary: Canary): JsonObject {
  const { headless, trafficDistribution } = canary.service;
  return { ...(headless ? { clusterIP: 'None' } : {}), ...(trafficDistribution === undefined ? {} : { trafficDistribution }) };
}

function ownPatch(canary: Canary, existing: Obj, to: Wanted & { readonly marks: Marks }): JsonObject | undefined {
  const { trafficDistribution } = canary.service;
  const had = textAt(existing, 'spec', 'trafficDistribution');
  const distribution = had === trafficDistribution ? {} : { trafficDistribution: trafficDistribution ?? null };
  const spec = { ...selectorPatch(existing, to.selector), ...portsPatch(existing, ownPorts(canary, existing, to.ports)), ...distribution };
  const metadata = marksPatch(existing, to.marks, canary.service.unmanaged);
  return joined({ metadata, spec });
}

function usersPatch(canary: Canary, existing: Obj, to: Wanted): JsonObject | undefined {
  return joined({ spec: { ...selectorPatch(existing, to.selector), ...portsPatch(existing, usersPorts(canary, existing, to.ports)) } });
}

/** Without what would change nothing. */
function joined(parts: { [part: string]: JsonObject }): JsonObject | undefined {
  const changes = Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0);
  return changes.length ? Object.fromEntries(changes) : undefined;
}

function selectorPatch(existing: Obj, wanted: Strings): JsonObject {
  const selector = replacePatch(selectorOf(existing), wanted);
  return selector ? { selector } : {};
}

function portsPatch(existing: Obj, wanted: Json[]): JsonObject {
  return equal(dig(existing, 'spec', 'ports'), wanted) ? {} : { ports: wanted };
}

function selectorOf(service: Obj): Strings {
  return stringsAt(service, 'spec', 'selector');
}
