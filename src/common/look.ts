// What a look at one object came to, in the two forms that every plug-in needs. Pure; it must not look at what no need named.
import type { Ctx, Obj, Problem, Ref } from '../contracts.ts';

export function present(c: Ctx, ref: Ref): Obj | undefined {
  const look = c.found.one(ref);
  return look.is === 'present' ? look.object : undefined;
}

/** Why the object cannot be worked with at all; whether it may be absent is for the caller to say. */
export function unreachable(c: Ctx, ref: Ref): Problem | undefined {
  const look = c.found.one(ref);
  if (look.is === 'no-such-kind') return problemOf(ref, `kind ${ref.kind} (${ref.apiVersion}) is not served by this cluster`);
  if (look.is === 'forbidden') return problemOf(ref, `may not be read: ${look.rule}`);
  return undefined;
}

export function problemOf(ref: Ref, text: string): Problem {
  return { path: `${ref.kind}/${ref.name}`, text };
}
