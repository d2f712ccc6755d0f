// What no phase may overrule: traffic goes only to a side with ready pods, and nothing that has traffic is scaled away.
import type { Change, Side, Traffic } from '../contracts.ts';
import { decided, tell, workload, type Decision, type Pass } from './pass.ts';
import { apexPoints, apexService, sideServices } from './services.ts';
import { givesMore, homeOf, needsCanary, needsPrimary, onCanary, sameTraffic } from './traffic.ts';
import type { State } from './types.ts';

/** The wanted traffic, or the nearest that reaches ready pods; undefined: neither side is ready, so leave it where it is. */
export function safeTraffic(pass: Pass, want: Traffic): Traffic | undefined {
  const ready = (side: Side): boolean => pass.kit.target.ready(pass.ctx, side) > 0;
  if (!pass.kit.router.can.split) return ready('primary') ? homeOf(pass) : undefined;
  if (needsCanary(want) && !ready('canary')) return ready('primary') ? homeOf(pass) : undefined;
  if (needsPrimary(want) && !ready('primary')) return ready('canary') ? onCanary : undefined;
  return want;
}

/** Brings the route to the wanted traffic as far as it is safe. `raise` false: the canary's share may only fall. */
export function routeTo(pass: Pass, want: Traffic, raise = true): Change[] {
  const { router } = pass.kit;
  const safe = safeTraffic(pass, want);
  const now = router.read(pass.ctx);
  // Where the primary serves nobody, even a half-ready canary is better.
  const held = !raise && now && safe && givesMore(safe, now) && pass.kit.target.ready(pass.ctx, 'primary') > 0;
  if (!safe || held) return [];
  // Rule 11: the side that is to get more traffic is read fresh before the write.
  const gains: Side = givesMore(safe, now ?? homeOf(pass)) ? 'canary' : 'primary';
  return router.route(pass.ctx, safe).map((change) => ({ ...change, given: [workload(pass, gains)] }));
}

/** The wanted traffic stands in the cluster, the apex leads to it, and the data plane has it. */
export function isRouted(pass: Pass, want: Traffic): boolean {
  const { router } = pass.kit;
  return apexPoints(pass.ctx) === 'primary' && sameTraffic(router.read(pass.ctx), want) && router.settled(pass.ctx).is === 'ready';
}

/** Soon enough for people, late enough for a proxy that loads routes every few seconds. */
const untold = 8_000;

/** Waits until what was written is taken up: said when it takes long, and over when it takes longer than pods may. */
export function awaitRoute(pass: Pass, state: State, overdue: (why: string) => Decision): Decision {
  const { seen, kit } = pass;
  const unrouted = pass.unrouted ?? seen.now;
  const waited = seen.now - unrouted;
  if (waited <= untold) return decided(pass, { state: { ...state, unrouted } });
  const why = whyNotRouted(pass);
  if (waited > kit.canary.deadline) return overdue(why);
  return decided(pass, { state: { ...state, unrouted }, events: tell(pass, { tell: 'not-routed', why }) });
}

function whyNotRouted({ kit, ctx }: Pass): string {
  const settled = kit.router.settled(ctx);
  if (settled.is !== 'ready') return settled.why;
  const points = apexPoints(ctx);
  return points === 'primary'
    ? 'it does not read back as it was written'
    : `Service ${kit.canary.service.name} does not lead to the primary`;
}

/** Services, selectors and routing objects as they must be, whatever the phase: repairs drift. Moves no weight. */
export function upkeep(pass: Pass): Change[] {
  const { target } = pass.kit;
  // An apex that selects pods which serve is not moved to a side that has none.
  const mayMove = target.ready(pass.ctx, 'primary') > 0 || ['absent', 'primary'].includes(apexPoints(pass.ctx));
  const apex = mayMove ? apexService(pass.ctx, { selector: target.selector(pass.ctx, 'primary'), ports: target.ports(pass.ctx) }) : [];
  return [...beneath(pass), ...apex.map((change) => ({ ...change, given: [workload(pass, 'primary')] }))];
}

/** What moves no traffic: both sides' Services, and what the router prepares. */
export function beneath({ kit, ctx }: Pass): Change[] {
  const { target, router } = kit;
  const selectors = { primary: target.selector(ctx, 'primary'), canary: target.selector(ctx, 'canary') };
  return [...sideServices(ctx, { selectors, ports: target.ports(ctx) }), ...router.prepare(ctx)];
}

/** Traffic has been where it is wanted for the whole drain. */
export function isDrained(pass: Pass): boolean {
  const { at } = pass.state;
  return at !== undefined && pass.seen.now >= at + pass.kit.options.drain;
}

/** Scales the canary away. Rule 11: relies on the route, the apex and the primary, all read fresh before. */
export function scaleDown(pass: Pass): Change[] {
  const { target, router, canary } = pass.kit;
  if (target.ready(pass.ctx, 'primary') === 0) return [];
  const apex = { apiVersion: 'v1', kind: 'Service', name: canary.service.name };
  return target.scale(pass.ctx, 'canary', 'zero').map((change) => ({
    ...change,
    given: [...(router.can.split ? router.drives(pass.ctx).slice(0, 1) : []), apex, workload(pass, 'primary')],
  }));
}
