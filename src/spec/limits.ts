// What an input may cost, and the error that ends the reading of one. Pure. The numbers keep any input under half a second.

export const limits = { bytes: 1024 * 1024, aliases: 100, depth: 64, nodes: 50_000 } as const;

/** In milliseconds. The connection gives no exchange more, so a file must not ask for it. */
export const longestHookTimeout = 60 * 60_000;

/** Keys that could reach a prototype. */
export const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** What one file has used so far. */
export interface Budget {
  /** What the parser met: keys and values. */
  read: number;
  /** Values, counted again wherever an alias repeats them. */
  nodes: number;
  aliases: number;
}

export function isSpent({ read, nodes, aliases }: Budget): boolean {
  return read > 2 * limits.nodes || nodes > limits.nodes || aliases > limits.aliases;
}

/** Ends the reading of a file; `offset` is where. */
export class Refused extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

export function isTooLong(text: string): boolean {
  if (text.length > limits.bytes) return true;
  if (text.length * 3 <= limits.bytes) return false;
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    // Each half of a surrogate pair counts 2 of the pair's 4 bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
  }
  return bytes > limits.bytes;
}
