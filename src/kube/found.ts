// What a look shows: a frozen picture of shelves. It must never change once it is handed out.
import type { Found, Look, Need, Obj, Ref } from '../contracts.ts';
import { canonical } from '../common/json.ts';
import { ForbiddenError } from '../errors.ts';
import type { Selection, Shelf } from './shelf.ts';

/** What was asked for, and the shelf that has it. */
export interface Asked {
  readonly selection: Selection;
  readonly shelf: Shelf;
}

/** `keyOf` gives the selection of a need, canonical: two ways to write one need are one need. */
export function foundIn(asked: readonly Asked[], keyOf: (need: Need) => string): Found {
  const looks = new Map(asked.map((each) => [canonical(each.selection), lookAt(each)]));
  function shown(need: Need): Look | readonly Obj[] {
    const look = looks.get(keyOf(need));
    if (look === undefined) throw new Error(`looked at what no need named: ${canonical(need)}`);
    return look;
  }
  return Object.freeze({ one: (ref: Ref) => shown(ref) as Look, many: (need: Exclude<Need, Ref>) => [...(shown(need) as readonly Obj[])] });
}

export function refusedLook(shelf: Shelf, rule: string): ForbiddenError {
  return new ForbiddenError(`not allowed to look at ${shelf.of.kind} objects`, `add the rule ${rule}`);
}

function lookAt({ shelf, selection }: Asked): Look | readonly Obj[] {
  const { state, objects } = shelf;
  if (selection.name === undefined) {
    if (typeof state === 'object') throw refusedLook(shelf, state.forbidden);
    return [...objects.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }
  if (typeof state === 'object') return Object.freeze({ is: 'forbidden', rule: state.forbidden });
  if (state === 'no-such-kind') return Object.freeze({ is: 'no-such-kind' });
  const object = objects.get(selection.name);
  return Object.freeze(object ? { is: 'present', object } : { is: 'absent' });
}
