// Where an HTTPRoute is served in the other version than the provider's: the word that would do. Must not look at routes themselves.
import { problemOf } from '../common/look.ts';
import type { Ctx, Problem, Ref } from '../contracts.ts';

/** The route in the other version, where the one that the file means is not served; else nothing more is asked for. */
export function twinToAskFor(c: Ctx, ref: Ref): Ref[] {
  if (c.found.one(ref).is !== 'no-such-kind') return [];
  const [group, version] = ref.apiVersion.split('/');
  return [{ ...ref, apiVersion: `${group}/${version === 'v1' ? 'v1beta1' : 'v1'}` }];
}

export function servedOtherwise(c: Ctx, ref: Ref): Problem | undefined {
  const twin = twinToAskFor(c, ref).find((each) => ['present', 'absent'].includes(c.found.one(each).is));
  if (!twin) return undefined;
  const is = `kind ${ref.kind} is served by this cluster as ${twin.apiVersion}, not as ${ref.apiVersion}`;
  return problemOf(ref, `${is}: name the provider gatewayapi:${twin.apiVersion.split('/')[1]}`);
}
