// One YAML text (or JSON) into plain JSON, with the place of everything in it. Pure; js-yaml stands only here. What JSON cannot hold, what
// could reach a prototype and what would grow without bounds is refused.
import { CORE_SCHEMA, loadAll, Type, YAMLException } from 'js-yaml';
import type { LoadOptions } from 'js-yaml';
import { forbiddenKeys, limits, Refused } from './limits.ts';
import type { Budget } from './limits.ts';
import { marker, tooManyNodes } from './marks.ts';
import type { Entry, Mark, Marks } from './marks.ts';
import type { Path } from './path.ts';
import type { Json, JsonObject } from './types.ts';

/** An offset into the text and what is wrong or worth a word there. */
export interface Remark {
  readonly offset: number;
  readonly text: string;
}

export interface YamlDocument {
  readonly value: Json;
  /** The offset of a path: of the value if it stands on the line of its name, else of the name. */
  offset(path: Path, side?: 'key' | 'value'): number;
}

export interface Parsed {
  readonly documents: YamlDocument[];
  readonly problems: Remark[];
  readonly notes: Remark[];
}

const merge = new Type('tag:yaml.org,2002:merge', { kind: 'scalar', resolve: (data: unknown) => data === '<<' });
// Core: no dates, so that 2020-01-01 stays text; merge keys because people's files have them.
const schema = CORE_SCHEMA.extend({ implicit: [merge] });

export function parseYaml(text: string, budget: Budget): Parsed {
  const problems: Remark[] = [];
  const notes: Remark[] = [];
  try {
    const marks = marker(text, budget);
    // The parser counts a key as one level more; the exact limit is set by the walk.
    const options: LoadOptions & { maxDepth: number } = { schema, listener: marks.listener, maxDepth: limits.depth + 4 };
    const values: unknown[] = loadAll(text, null, options);
    const documents = values.map((raw, index) => {
      const root = marks.roots[index] ?? { start: 0, end: 0, blank: true };
      const value = toJson(raw, { of: marks.of, text, mark: root, depth: 0, budget, problems, notes });
      return { value, offset: (path: Path, side?: 'key' | 'value') => offsetOf(path, { raw, root, of: marks.of, text }, side) };
    });
    return { documents, problems, notes };
  } catch (error) {
    return { documents: [], problems: [...problems, remark(error, text)], notes };
  }
}

interface Walk {
  readonly of: WeakMap<object, Marks>;
  readonly text: string;
  readonly mark: Mark;
  readonly depth: number;
  readonly budget: Budget;
  readonly problems: Remark[];
  readonly notes: Remark[];
}

/** Aliases are followed here, so this is where a bomb would go off: each visit counts. */
function toJson(raw: unknown, walk: Walk): Json {
  if (++walk.budget.nodes > limits.nodes) throw new Refused(walk.mark.start, tooManyNodes);
  if (walk.depth > limits.depth) throw new Refused(walk.mark.start, tooDeep);
  if (Array.isArray(raw)) {
    const items = walk.of.get(raw)?.items ?? [];
    return raw.map((each: unknown, index) => toJson(each, { ...walk, mark: items[index] ?? walk.mark, depth: walk.depth + 1 }));
  }
  if (typeof raw === 'object' && raw !== null) return objectToJson(raw, walk);
  return scalarToJson(raw, walk);
}

const tooDeep = `nested more than ${limits.depth} deep`;

function objectToJson(raw: object, walk: Walk): JsonObject {
  const out: JsonObject = {};
  for (const [key, value] of Object.entries(raw)) {
    const entry = entryOf(raw, key, [walk.of, new Set()]);
    const offset = entry?.key.start ?? walk.mark.start;
    if (forbiddenKeys.has(key)) walk.problems.push({ offset, text: `the key ${JSON.stringify(key)} is refused` });
    else if (key === '[object Object]') walk.problems.push({ offset, text: `a mapping cannot be a key${templateHint(walk.text)}` });
    else out[key] = toJson(value, { ...walk, mark: entry?.value ?? walk.mark, depth: walk.depth + 1 });
  }
  return out;
}

function scalarToJson(raw: unknown, walk: Walk): Json {
  const written = walk.text.slice(walk.mark.start, Math.min(walk.mark.end, walk.mark.start + 40)).trim();
  const offset = walk.mark.start;
  if (typeof raw === 'number') {
    if (!Number.isFinite(raw)) walk.problems.push({ offset, text: `${written} is not a number that JSON can hold` });
    const octal = /^[-+]?0[0-7]+$/.test(written) && Number.parseInt(written, 8) !== raw;
    if (octal) walk.notes.push({ offset, text: `${written} is read as ${raw}; kubectl reads it as octal, ${Number.parseInt(written, 8)}` });
    return raw;
  }
  if (typeof raw === 'string' && /^(yes|no|on|off)$/i.test(written)) {
    const meaning = /^(yes|on)$/i.test(written);
    walk.notes.push({ offset, text: `${written} is read as text; kubectl reads it as ${meaning}. Write ${meaning} or "${written}"` });
  }
  return typeof raw === 'string' || typeof raw === 'boolean' ? raw : null;
}

type Lookup = [of: WeakMap<object, Marks>, seen: Set<object>];

/** Where a key stands: in the mapping itself, or in one that was merged in. Mappings can be merged into each other, hence `seen`. */
function entryOf(raw: object, key: string, [of, seen]: Lookup): Entry | undefined {
  const marks = of.get(raw);
  if (marks === undefined || seen.has(raw)) return undefined;
  seen.add(raw);
  const own = marks.entries.get(key);
  if (own !== undefined) return own;
  for (const source of marks.merged) {
    const entry = entryOf(source, key, [of, seen]);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

interface Root {
  readonly raw: unknown;
  readonly root: Mark;
  readonly of: WeakMap<object, Marks>;
  readonly text: string;
}

function offsetOf(path: Path, { raw, root, of, text }: Root, side?: 'key' | 'value'): number {
  let [value, at] = [raw, root.start];
  for (const [index, step] of path.entries()) {
    if (typeof value !== 'object' || value === null) break;
    const last = index === path.length - 1;
    const entry = typeof step === 'string' ? entryOf(value, step, [of, new Set()]) : undefined;
    const item = typeof step === 'number' ? of.get(value)?.items[step] : undefined;
    if (entry !== undefined)
      at = last && side !== 'key' && !entry.value.blank && sameLine(text, entry) ? entry.value.start : entry.key.start;
    else if (item !== undefined) at = item.start;
    else break;
    value = (value as Record<string | number, unknown>)[step];
  }
  return at;
}

function sameLine(text: string, { key, value }: Entry): boolean {
  return value.start >= key.start && !/[\n\r]/.test(text.slice(key.start, value.start));
}

/** js-yaml's reasons, in our words where they are met often. */
function remark(error: unknown, text: string): Remark {
  if (error instanceof Refused) return { offset: error.offset, text: error.message };
  if (!(error instanceof YAMLException)) throw error;
  const offset = error.mark.position;
  const reason = error.reason;
  if (reason.startsWith('tab characters')) return { offset, text: 'a tab is used for indentation; write spaces' };
  if (reason.startsWith('duplicated mapping key')) return { offset, text: `the key ${keyAt(text, offset)} stands twice in one mapping` };
  if (reason.startsWith('nesting exceeded')) return { offset, text: tooDeep };
  if (reason.startsWith('merge keys exceeded')) return { offset, text: 'more than 10000 merged keys; write the values out' };
  return { offset, text: `not valid YAML: ${reason}${templateHint(text)}` };
}

function keyAt(text: string, offset: number): string {
  const written = /^"[^"\n]*"|^'[^'\n]*'|^[^:\n]*/.exec(text.slice(offset, offset + 100))?.[0].trim() ?? '';
  return JSON.stringify(written.replace(/^(["'])(.*)\1$/, '$2'));
}

function templateHint(text: string): string {
  return text.includes('{{') ? '; the text holds {{ }}: render the template first, then give the result' : '';
}
