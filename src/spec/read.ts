// The one reader: texts of files in, Kubernetes documents with their places out. Pure: whoever opened the files hands their text in. All
// problems of all files are found in one go; what a document says is not judged here.
import { isObject } from '../common/json.ts';
import { encodingProblem } from './encoding.ts';
import { isSpent, isTooLong } from './limits.ts';
import type { Budget } from './limits.ts';
import { pathText } from './path.ts';
import type { Path } from './path.ts';
import type { Json, JsonObject } from './types.ts';
import { parseYaml } from './yaml.ts';
import type { Remark, YamlDocument } from './yaml.ts';

export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

/** Something at a place; `line` and `column` count from 1; line 0 is no place in a file. An empty path stands for the whole document. */
export interface Located {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly text: string;
}

export interface Document {
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly object: JsonObject;
  /** A remark about a path of this document, with its place. */
  locate(path: Path, text: string, side?: 'key' | 'value'): Located;
}

export interface Documents {
  readonly documents: Document[];
  readonly problems: Located[];
  readonly notes: Located[];
}

export function readDocuments(files: readonly SourceFile[]): Documents {
  const all: Documents = { documents: [], problems: [], notes: [] };
  for (const file of files) readFile(file, all);
  return all;
}

/** 'file:line:column', as editors and terminals jump to it. */
export function whereText({ file, line, column }: Located): string {
  return line === 0 ? file : `${file}:${line}:${column}`;
}

export function locatedText(located: Located): string {
  return `${whereText(located)}: ${located.path === '' ? '' : `${located.path}: `}${located.text}`;
}

function readFile(file: SourceFile, all: Documents): void {
  const unreadable = encodingProblem(file.text) ?? (isTooLong(file.text) ? 'larger than 1 MiB; is this the right file?' : undefined);
  if (unreadable !== undefined) {
    all.problems.push({ file: file.name, line: 1, column: 1, path: '', text: unreadable });
    return;
  }
  const budget: Budget = { read: 0, nodes: 0, aliases: 0 };
  let starts: number[] | undefined;
  const lines = (): number[] => (starts ??= lineStarts(file.text));
  for (const chunk of chunks(file.text)) {
    const place = placer(file.name, lines, chunk.start);
    const parsed = parseYaml(chunk.text, budget);
    const located = ({ offset, text }: Remark): Located => place(offset, '', text);
    all.problems.push(...parsed.problems.map(located));
    all.notes.push(...parsed.notes.map(located));
    if (isSpent(budget)) return;
    for (const document of parsed.documents) unfold(document, { base: [], file: file.name, place, all });
  }
}

interface Chunk {
  readonly text: string;
  readonly start: number;
}

/** Documents are cut apart here, so that a slip in one does not hide the problems of the others. '---' at the start of a line always ends one. */
function chunks(text: string): Chunk[] {
  const cut = /(?<![^\r\n])\uFEFF?---(?![^ \t\r\n])/g;
  const starts = [0, ...[...text.matchAll(cut)].map((found) => found.index)];
  return starts
    .map((start, index) => ({ start, text: text.slice(start, starts[index + 1] ?? text.length) }))
    .map(({ start, text: chunk }) => (chunk.startsWith('\uFEFF') ? { start: start + 1, text: chunk.slice(1) } : { start, text: chunk }))
    .filter((chunk) => content.test(chunk.text));
}

/** Anything but white space, comments and the YAML directive. */
const content = /(?<![^\r\n])[ \t]*(?!#|%YAML)[^ \t\r\n]/;

type Place = (offset: number, path: string, text: string) => Located;

/** Offsets where lines begin, behind a byte order mark. */
function lineStarts(text: string): number[] {
  const starts = [text.startsWith('\uFEFF') ? 1 : 0];
  for (let index = 0; index < text.length; index++) {
    const char = text[index];
    if (char === '\n' || (char === '\r' && text[index + 1] !== '\n')) starts.push(index + 1);
  }
  return starts;
}

function placer(file: string, lines: () => readonly number[], shift: number): Place {
  return (offset, path, text) => {
    const starts = lines();
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset + shift) low = middle;
      else high = middle - 1;
    }
    return { file, line: low + 1, column: offset + shift - (starts[low] ?? 0) + 1, path, text };
  };
}

interface Unfolding {
  readonly base: Path;
  readonly file: string;
  readonly place: Place;
  readonly all: Documents;
}

/** A List is its items, as kubectl reads it; a document that holds nothing is none. */
function unfold(document: YamlDocument, { base, file, place, all }: Unfolding): void {
  const value = at(document.value, base);
  if (value === null) return;
  const locate = (path: Path, text: string, side?: 'key' | 'value'): Located =>
    place(document.offset([...base, ...path], side), pathText(path), text);
  if (!isObject(value)) {
    all.problems.push(locate([], 'expected a Kubernetes object (a mapping with apiVersion and kind)'));
    return;
  }
  const { apiVersion, kind } = value;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || apiVersion === '' || kind === '') {
    for (const [name, given] of Object.entries({ apiVersion, kind })) {
      const wrong = given === undefined || given === null || given === '' ? 'missing; every document needs it' : 'expected text';
      if (typeof given !== 'string' || given === '') all.problems.push(locate([name], wrong));
    }
    return;
  }
  if (kind.endsWith('List') && Array.isArray(value['items'])) {
    value['items'].forEach((_, index) => unfold(document, { base: [...base, 'items', index], file, place, all }));
    return;
  }
  all.documents.push({ file, apiVersion, kind, object: value, locate });
}

function at(value: Json, path: Path): Json {
  let found: Json | undefined = value;
  for (const step of path) {
    if (Array.isArray(found)) found = found[Number(step)];
    else found = isObject(found) ? found[step] : undefined;
  }
  return found ?? null;
}
