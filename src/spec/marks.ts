// Where every node of a YAML document stands: built from what js-yaml tells its listener while it parses. Pure; it must not change what is parsed.
import type { LoadOptions } from 'js-yaml';
import { limits, Refused } from './limits.ts';
import type { Budget } from './limits.ts';

type Listener = NonNullable<LoadOptions['listener']>;

/** Offsets into the text; `blank` is a node without text, such as the value of `key:`. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  readonly blank: boolean;
}

export interface Entry {
  readonly key: Mark;
  readonly value: Mark;
}

/** Of one mapping or list. */
export interface Marks {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly items: readonly Mark[];
  /** Mappings that were merged in with `<<`: their keys stand there. */
  readonly merged: readonly object[];
}

export interface Marked {
  readonly listener: Listener;
  readonly of: WeakMap<object, Marks>;
  readonly roots: Mark[];
}

interface Node {
  readonly opened: number;
  readonly start: number;
  readonly children: { readonly mark: Mark; readonly result: unknown }[];
}

/** js-yaml tries a node twice where a key could stand, so aliases and nodes are counted by the place they start at. */
export function marker(text: string, budget: Budget): Marked {
  const of = new WeakMap<object, Marks>();
  const roots: Mark[] = [];
  const stack: Node[] = [];
  let counted = -1;
  const listener: Listener = (event, state) => {
    if (event === 'open') {
      const start = contentStart(text, state.position);
      if (start > counted) count(text, start, budget);
      counted = Math.max(counted, start);
      stack.push({ opened: state.position, start, children: [] });
      return;
    }
    const node = stack.pop();
    if (node === undefined) return;
    const result: unknown = state.result;
    const blank = state.position <= node.start;
    const mark = { start: blank ? node.opened : node.start, end: state.position, blank };
    // An alias has no kind of its own; it may name a mapping that is not closed yet.
    const isCollection = state.kind === 'mapping' || state.kind === 'sequence';
    if (isCollection && typeof result === 'object' && result !== null && !of.has(result)) of.set(result, marksOf(result, node.children));
    const parent = stack.at(-1);
    if (parent === undefined) roots.push(mark);
    else parent.children.push({ mark, result });
  };
  return { listener, of, roots };
}

function count(text: string, start: number, budget: Budget): void {
  if (text[start] === '*' && ++budget.aliases > limits.aliases) {
    throw new Refused(start, `more than ${limits.aliases} aliases (*name); write the values out`);
  }
  if (++budget.read > 2 * limits.nodes) throw new Refused(start, tooManyNodes);
}

export const tooManyNodes = `more than ${limits.nodes} values in one file, each alias written out`;

function marksOf(result: object, children: Node['children']): Marks {
  if (Array.isArray(result)) {
    // The parser tells nothing of an empty item, so the others could not be told apart.
    const items = children.length === result.length ? children.map((child) => child.mark) : [];
    return { entries: new Map(), items, merged: [] };
  }
  const entries = new Map<string, Entry>();
  const merged: object[] = [];
  for (let index = 0; index + 1 < children.length; index += 2) {
    const [key, value] = [children[index], children[index + 1]];
    if (key === undefined || value === undefined) continue;
    entries.set(String(key.result), { key: key.mark, value: value.mark });
    if (key.result === '<<') merged.push(...[value.result].flat().filter((each) => typeof each === 'object' && each !== null));
  }
  return { entries, items: [], merged };
}

/** The place of the first character of a node: behind white space, comments and anchors. Tags are refused here. */
function contentStart(text: string, from: number): number {
  let at = from;
  for (;;) {
    const char = text[at];
    if (char === ' ' || char === '\t' || char === '\n' || char === '\r') at++;
    else if (char === '#') at = lineEnd(text, at);
    else if (char === '&') at = wordEnd(text, at);
    else if (char === '!') throw new Refused(at, `tags are not accepted, got ${text.slice(at, Math.min(wordEnd(text, at), at + 40))}`);
    else return at;
  }
}

function lineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at++;
  return at;
}

function wordEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && !/[\s,[\]{}]/.test(text[at] ?? ' ')) at++;
  return at;
}
