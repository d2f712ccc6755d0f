// What a mesh that speaks SMI does with requests: TrafficSplits of v1alpha1 to v1alpha3, after the specification.
// It must never look at how a router of ours writes these objects.
import type { JsonObject, Obj } from '../../contracts.ts';
import { serviceOf } from './kubernetes.ts';
import { age, fullName, list, listed, spec } from './objects.ts';
import type { Host, Objects, Routing } from './types.ts';

/** Undefined: no split has the host for its root. Without any weight above 0 nobody answers. */
export function smiRouting(objects: Objects, host: Host): Routing | undefined {
  const splits = listed(objects, 'TrafficSplit').filter((split) => isRootOf(objects, split, host));
  const [split] = splits.sort((a, b) => (age(a) < age(b) ? -1 : 1));
  if (!split) return undefined;
  const namespace = split.metadata.namespace ?? 'default';
  const backends = list(spec(split)['backends']);
  // Weights are relative.
  const total = backends.reduce((sum, backend) => sum + weightOf(backend), 0);
  return {
    destinations: backends.flatMap((backend) => {
      const percent = total > 0 ? (weightOf(backend) / total) * 100 : 0;
      return percent > 0 ? [{ host: { name: String(backend['service']), namespace }, percent }] : [];
    }),
  };
}

/** The root is the name that clients ask for. Where that is an outer name, those who ask for the Service that the split is named after count as
 *  its clients: they come by that name. A split with matches is not for ordinary requests. */
function isRootOf(objects: Objects, split: Obj, host: Host): boolean {
  const { service, matches } = spec(split);
  if (typeof service !== 'string' || list(matches).length) return false;
  const namespace = split.metadata.namespace ?? 'default';
  const root = { name: service, namespace };
  if (fullName(root) === fullName(host)) return true;
  const isOuter = service.includes('.') && !serviceOf(objects, root);
  return isOuter && fullName({ name: split.metadata.name, namespace }) === fullName(host);
}

const suffixes: Readonly<Record<string, number>> = { '': 1, m: 1e-3, k: 1e3, M: 1e6, G: 1e9 };

/** A whole number, or in v1alpha1 a quantity ('500m', '1', '10'). */
function weightOf({ weight }: JsonObject): number {
  if (typeof weight === 'number') return Math.max(0, weight);
  const [, digits, suffix = ''] = /^(\d+(?:\.\d+)?)([mkMG]?)$/.exec(typeof weight === 'string' ? weight : '') ?? [];
  return digits === undefined ? 0 : Number(digits) * (suffixes[suffix] ?? 0);
}
