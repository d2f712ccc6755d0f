// The order of a merged list: what was sent keeps the order in which it was sent, the rest that of the server. It must not merge.
import { equal, isObject } from '../../../common/json.ts';
import type { Json } from '../../../contracts.ts';

interface Orders {
  readonly sent: readonly Json[];
  readonly server: readonly Json[];
  /** '': plain values. */
  readonly key: string;
}

function placeIn(list: readonly Json[], item: Json, key: string): number {
  return list.findIndex((one) => (key === '' ? equal(one, item) : isObject(one) && isObject(item) && equal(one[key], item[key])));
}

function sorted(items: readonly Json[], order: readonly Json[], key: string): Json[] {
  return [...items].sort((a, b) => placeIn(order, a, key) - placeIn(order, b, key));
}

/** Where the server knows no order between the two, what was sent goes first: that is how new items get before old ones. */
export function inOrder(merged: readonly Json[], { sent, server, key }: Orders): Json[] {
  const isSent = (item: Json): boolean => placeIn(sent, item, key) >= 0;
  const left = sorted(
    merged.filter((item) => !isSent(item)),
    server,
    key,
  );
  const right = sorted(merged.filter(isSent), sent, key);
  const out: Json[] = [];
  while (left.length > 0 && right.length > 0) {
    const [l, r] = [placeIn(server, left[0] ?? null, key), placeIn(server, right[0] ?? null, key)];
    out.push((l >= 0 && r >= 0 && l < r ? left : right).shift() ?? null);
  }
  return [...out, ...left, ...right];
}
