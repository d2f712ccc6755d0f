// What a VirtualService, an HTTPRoute or a TraefikService says of the two sides: an own reading, which shares nothing with the routers of src/.
// Foreign data throughout: nothing is taken for granted.
import { at, list } from './facts.ts';

export interface Weighted {
  readonly host: string;
  readonly weight: unknown;
}

/** The weighted destinations of each rule. A single one has all, whatever weight it carries. */
export function rulesOf(route: unknown): readonly (readonly Weighted[])[] {
  return rules(route).map((rule) => {
    const destinations = ['route', 'backendRefs', 'services'].flatMap((field) => list(at(rule, field)));
    return destinations.map((one) => ({
      host: hostOf(at(one, 'destination') ?? one),
      weight: destinations.length === 1 ? 100 : (at(one, 'weight') ?? 0),
    }));
  });
}

function rules(route: unknown): readonly unknown[] {
  const weighted = at(route, 'spec', 'weighted');
  return [...['http', 'tcp', 'rules'].flatMap((kind) => list(at(route, 'spec', kind))), ...(weighted === undefined ? [] : [weighted])];
}

/** A host, or the name of a Service. */
function hostOf(destination: unknown): string {
  return String(at(destination, 'host') ?? at(destination, 'name') ?? '').split('.')[0] ?? '';
}

/** Where routes are, whichever router made them. */
export const routeResources = ['networking.istio.io/virtualservices', 'gateway.networking.k8s.io/httproutes', 'traefik.io/traefikservices'];

/** `object`: as the log names it ('apps/deployments podinfo'). */
export function isRoute(object: string, { apex }: { readonly apex: string }): boolean {
  return routeResources.some((resource) => object === `${resource} ${apex}`);
}

/** The highest share, in per cent, that any rule gives this Service: somebody may be led there by a header or a cookie. */
export function weightOf(route: unknown, host: string): number {
  const weights = rulesOf(route).flatMap((rule) => rule.filter((one) => one.host === host).map((one) => Number(one.weight)));
  return Math.max(0, ...weights);
}

/** The share of those whom no header and no cookie leads: what the last rule gives. */
export function shareOf(route: unknown, host: string): number {
  return Number(
    rulesOf(route)
      .at(-1)
      ?.find((one) => one.host === host)?.weight ?? 0,
  );
}

/** Copies of requests go to this Service. */
export function mirrorsTo(route: unknown, host: string): boolean {
  return mirrorsOf(route, host).length > 0;
}

/** The rules that copy requests to this Service, by their destinations. */
export function mirrorsOf(route: unknown, host: string): readonly (readonly Weighted[])[] {
  const weighted = rulesOf(route);
  const mirrored = (rule: unknown): boolean =>
    hostOf(at(rule, 'mirror')) === host && Number(at(rule, 'mirrorPercentage', 'value') ?? 100) > 0;
  const filtered = (filter: unknown): boolean =>
    hostOf(at(filter, 'requestMirror', 'backendRef')) === host && Number(at(filter, 'requestMirror', 'percent') ?? 100) > 0;
  const copies = (rule: unknown): boolean => mirrored(rule) || list(at(rule, 'filters')).some(filtered);
  return rules(route).flatMap((rule, no) => (copies(rule) ? [weighted[no] ?? []] : []));
}
