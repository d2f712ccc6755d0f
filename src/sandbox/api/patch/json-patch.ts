// JSON patch (RFC 6902). It must not know Kubernetes.
import { equal, isObject } from '../../../common/json.ts';
import type { Json } from '../../../contracts.ts';

/** The patch does not fit the document, or its `test` failed. */
export class PatchMismatch extends Error {}

interface Step {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: Json;
}

function tokens(pointer: string): string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) throw new PatchMismatch(`not a pointer: ${pointer}`);
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function indexOf(token: string, length: number): number {
  const at = /^(0|[1-9]\d*)$/.test(token) ? Number(token) : Number.NaN;
  if (!(at >= 0 && at < length)) throw new PatchMismatch(`no such index: ${token}`);
  return at;
}

function child(value: Json, token: string): Json {
  if (Array.isArray(value)) return value[indexOf(token, value.length)] ?? null;
  const field = isObject(value) && Object.hasOwn(value, token) ? value[token] : undefined;
  if (field === undefined) throw new PatchMismatch(`no such field: ${token}`);
  return field;
}

function read(document: Json, pointer: string): Json {
  return tokens(pointer).reduce(child, document);
}

type Edit = (parent: Json, token: string) => Json;

/** A new document in which the parent of the last token is edited. */
function editAt(document: Json, path: readonly string[], edit: Edit): Json {
  const [token = '', ...rest] = path;
  if (rest.length === 0) return edit(document, token);
  const inner = editAt(child(document, token), rest, edit);
  if (Array.isArray(document)) return document.with(indexOf(token, document.length), inner);
  return { ...(document as { [key: string]: Json }), [token]: inner };
}

function add(document: Json, pointer: string, value: Json): Json {
  const path = tokens(pointer);
  if (path.length === 0) return value;
  return editAt(document, path, (parent, token) => {
    if (Array.isArray(parent)) return parent.toSpliced(token === '-' ? parent.length : indexOf(token, parent.length + 1), 0, value);
    if (!isObject(parent)) throw new PatchMismatch(`nothing to add to: ${pointer}`);
    return { ...parent, [token]: value };
  });
}

function remove(document: Json, pointer: string): Json {
  return editAt(document, tokens(pointer), (parent, token) => {
    if (Array.isArray(parent)) return parent.toSpliced(indexOf(token, parent.length), 1);
    child(parent, token);
    const { [token]: _, ...rest } = parent as { [key: string]: Json };
    return rest;
  });
}

function replace(document: Json, pointer: string, value: Json): Json {
  const path = tokens(pointer);
  if (path.length === 0) return value;
  return editAt(document, path, (parent, token) => {
    // A field that is not there is added: the server's library does so, the standard does not.
    if (!isObject(parent)) child(parent, token);
    return Array.isArray(parent) ? parent.with(Number(token), value) : { ...(parent as { [key: string]: Json }), [token]: value };
  });
}

function step(document: Json, { op, path, from = '', value = null }: Step): Json {
  if (/(^|\/)__proto__(\/|$)/.test(path)) throw new PatchMismatch(`not a field: ${path}`);
  if (op === 'add') return add(document, path, value);
  if (op === 'remove') return remove(document, path);
  if (op === 'replace') return replace(document, path, value);
  if (op === 'copy') return add(document, path, read(document, from));
  if (op === 'move') return add(remove(document, from), path, read(document, from));
  if (op !== 'test') throw new PatchMismatch(`unknown operation: ${op}`);
  if (!equal(read(document, path), value)) throw new PatchMismatch(`testing value ${path} failed`);
  return document;
}

export function applyJsonPatch(document: Json, patch: Json): Json {
  if (!Array.isArray(patch)) throw new PatchMismatch('a JSON patch is a list');
  return (patch as unknown as Step[]).reduce(step, document);
}
