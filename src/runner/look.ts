// One look at everything that the plug-ins of a canary name. Reads only; what a lookout remembers is not asked for again.
import type { Found, Ref } from '../contracts.ts';
import type { Kit } from '../core/types.ts';
import { needsOf } from '../kit.ts';
import type { Lookout } from '../kube/lookout.ts';

/** One consistent look: asked again until the plug-ins name nothing new. */
export async function look(
  kit: Kit,
  at: { lookout: Lookout; made: readonly Ref[]; more?: readonly Ref[] },
  signal: AbortSignal,
): Promise<Found> {
  const nothing: Found = { one: () => ({ is: 'absent' }), many: () => [] };
  let found = nothing;
  let known = -1;
  for (;;) {
    const needs = [...needsOf(kit, { canary: kit.canary, found, digest: kit.digest, made: at.made }), ...(at.more ?? [])];
    if (needs.length === known) return found;
    known = needs.length;
    found = await at.lookout.see(needs, signal);
  }
}
