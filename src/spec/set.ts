// --set path=value: puts a value into every Canary before it is checked, at the path that our own messages show for the file as it is written. Pure;
// what is wrong is said with the flag for its place, because no file holds it.
import { isObject } from '../common/json.ts';
import { forbiddenKeys } from './limits.ts';
import { parsePath, pathText } from './path.ts';
import type { Path } from './path.ts';
import type { Document, Located } from './read.ts';
import type { Json, JsonObject } from './types.ts';
import { parseYaml } from './yaml.ts';

export interface SetValue {
  readonly path: Path;
  readonly value: Json;
}

export interface Sets {
  readonly sets: SetValue[];
  readonly problems: Located[];
  readonly notes: Located[];
}

const shape = /^((?:[^="[\]]|\[\d{1,4}\]|\["[^"\\\p{Cc}]*"\])*)=(.*)$/su;

export function readSets(texts: readonly string[]): Sets {
  const read: Sets = { sets: [], problems: [], notes: [] };
  for (const text of texts) {
    const [, left, right] = shape.exec(text) ?? [];
    const path = left === undefined ? [] : parsePath(left);
    if (left === undefined || right === undefined || left === '' || pathText(path) !== left) {
      read.problems.push(located([], `expected path=value, such as spec.analysis.interval=30s, got ${JSON.stringify(text.slice(0, 60))}`));
      continue;
    }
    const wrong = pathProblem(path);
    if (wrong !== undefined) read.problems.push(located(path, wrong));
    else readValue(right, path, read);
  }
  return read;
}

function pathProblem(path: Path): string | undefined {
  const forbidden = path.find((step) => typeof step === 'string' && forbiddenKeys.has(step));
  if (forbidden !== undefined) return `the key ${JSON.stringify(forbidden)} is refused`;
  const isBelow = (path[0] === 'spec' || path[0] === 'metadata') && path.length > 1;
  return isBelow ? undefined : 'expected a path below spec or metadata';
}

/** Nothing behind the = takes the field away, as null does in a file. */
function readValue(text: string, path: Path, { sets, problems, notes }: Sets): void {
  const parsed = parseYaml(text, { read: 0, nodes: 0, aliases: 0 });
  const [document, more] = parsed.documents;
  const value = document?.value ?? null;
  notes.push(...parsed.notes.map((note) => located(path, note.text)));
  const [problem] = parsed.problems;
  if (problem !== undefined) problems.push(located(path, `${problem.text}; a text with signs of its own needs quotes inside the shell's`));
  else if (more !== undefined || Array.isArray(value) || isObject(value)) {
    problems.push(
      located(
        path,
        'expected one plain value; set what is inside of lists and mappings one by one, and put texts that look like them in quotes',
      ),
    );
  } else sets.push({ path, value });
}

/** The document with the values in it; a remark about one of them points to the flag. */
export function withSets(document: Document, sets: readonly SetValue[]): { document: Document; problems: Located[] } {
  if (sets.length === 0) return { document, problems: [] };
  const object = JSON.parse(JSON.stringify(document.object)) as JsonObject;
  const made: Path[] = [];
  const problems: Located[] = [];
  for (const set of sets) {
    const put = putInto(object, set);
    if (typeof put === 'string') problems.push(located(set.path, put));
    else made.push(put);
  }
  const isMade = (path: Path): boolean => made.some((top) => top.every((step, index) => path[index] === step));
  const locate: Document['locate'] = (path, text, side) => (isMade(path) ? located(path, text) : document.locate(path, text, side));
  return { document: { ...document, object, locate }, problems };
}

/** The path of the topmost value that was not there before, or what is wrong. */
function putInto(object: JsonObject, { path, value }: SetValue): Path | string {
  let node: Json = object;
  let top: Path | undefined;
  for (const [index, step] of path.entries()) {
    const wrong = stepProblem(node, step);
    if (wrong !== undefined) return index === 0 ? wrong : `${pathText(path.slice(0, index))} ${wrong}`;
    const place = node as { [key: string | number]: Json };
    const isLast = index === path.length - 1;
    const before: Json | undefined = Object.hasOwn(place, step) ? place[step] : undefined;
    if (isLast) place[step] = value;
    else if (before === undefined || before === null) place[step] = typeof path[index + 1] === 'number' ? [] : {};
    if (isLast || before === undefined || before === null) top ??= path.slice(0, index + 1);
    node = place[step] ?? null;
  }
  return top ?? path;
}

function stepProblem(node: Json, step: string | number): string | undefined {
  if (typeof step === 'string') return isObject(node) ? undefined : 'is no mapping';
  if (!Array.isArray(node)) return 'is no list';
  return step <= node.length ? undefined : `has ${node.length} items; the next is [${node.length}]`;
}

function located(path: Path, text: string): Located {
  return { file: '--set', line: 0, column: 0, path: pathText(path), text };
}
