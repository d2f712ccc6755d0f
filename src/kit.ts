// The only importer of the registries: from what a canary names to the plug-ins that serve it. Pure.
import { alertProviders } from './alerts/index.ts';
import type { AlertProvider, Canary, Ctx, MetricsProvider, Need, Plugin, QuerySet, Ref } from './contracts.ts';
import { serviceNeeds } from './core/services.ts';
import type { Kit, Options } from './core/types.ts';
import { metricsProviders, querySet } from './metrics/index.ts';
import { routers } from './routers/index.ts';
import { scalers, targets } from './targets/index.ts';

/** The validator has refused what is not in the registries; asking for it here is our bug. */
export function kitOf(canary: Canary, options: Options, digest: (text: string) => string): Kit {
  const scaler = canary.scalerRef && pick(scalers, canary.scalerRef.kind);
  return {
    canary,
    options,
    digest,
    target: pick(targets, canary.targetRef.kind),
    router: pick(routers, canary.provider),
    ...(scaler ? { scaler } : {}),
  };
}

export function queriesOf(kit: Kit): QuerySet {
  const set = querySet(kit.router.queries);
  if (!set) throw new Error(`no query set ${kit.router.queries}`);
  return set;
}

/** Built-in queries are Prometheus'. */
export function builtinProvider(): MetricsProvider {
  return pick(metricsProviders, 'prometheus');
}

/** Undefined: no such chat; the AlertProvider may come from a cluster, which takes any word for its type. */
export function alertProviderOf(type: string): AlertProvider | undefined {
  return alertProviders.find(({ ids }) => ids.includes(type));
}

function pick<T extends { ids: string[] }>(registry: readonly T[], id: string): T {
  const found = registry.find(({ ids }) => ids.includes(id));
  if (!found) throw new Error(`nothing is registered for ${id}`);
  return found;
}

export function plugins(kit: Kit): Plugin[] {
  return [kit.target, kit.router, ...(kit.scaler ? [kit.scaler] : [])];
}

/** All that a pass looks at, as far as is known by now. */
export function needsOf(kit: Kit, ctx: Ctx): Need[] {
  return [...serviceNeeds(kit.canary), ...plugins(kit).flatMap((plugin) => plugin.needs(ctx))];
}

/** All objects that we write, whether they exist or not: what a driver that takes over stamps (rule 3). */
export function drivenBy(kit: Kit, ctx: Ctx): Ref[] {
  return [...plugins(kit).flatMap((plugin) => plugin.drives(ctx)), ...serviceNeeds(kit.canary)];
}

/** Query templates are the metrics room's. */
export { renderQuery } from './metrics/template.ts';
