// Reads kubeconfig files and chooses a context of them, as kubectl does. It must never connect, run a plugin, or put a value of a file into
// an error: files hold secrets.
import { readFile, stat } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import yaml from 'js-yaml';
import { isObject } from '../common/json.ts';
import type { JsonObject } from '../contracts.ts';
import { UnreachableError, UsageError } from '../errors.ts';
import { nearest } from './nearest.ts';

/** A cluster, user or context, with the folder that its relative paths start from. */
export interface Entry {
  readonly name: string;
  readonly fields: JsonObject;
  readonly folder: string;
}

export interface Kubeconfig {
  readonly clusters: readonly Entry[];
  readonly users: readonly Entry[];
  readonly contexts: readonly Entry[];
  readonly current: string;
  readonly warnings: readonly string[];
}

export interface Chosen {
  readonly context: string;
  readonly namespace: string | undefined;
  readonly cluster: Entry;
  /** Undefined: nobody in particular. */
  readonly user: Entry | undefined;
}

const largest = 1024 * 1024;
/** The fields that must be text, by what they are part of: looked at when a file is read, where their place is known. */
const texts: Readonly<Record<string, readonly string[]>> = {
  cluster: ['server', 'tls-server-name', 'proxy-url', 'certificate-authority', 'certificate-authority-data'],
  context: ['cluster', 'user', 'namespace'],
  user: [
    ...['token', 'tokenFile', 'username', 'password', 'as', 'as-uid'],
    ...['client-certificate', 'client-certificate-data', 'client-key', 'client-key-data'],
  ],
};

/** Which files: --kubeconfig, else KUBECONFIG (a list), else the one at home. `named` = the user pointed at it. */
export function kubeconfigPaths(
  flag: string | undefined,
  around: { env: Readonly<Record<string, string | undefined>>; home: string },
): { paths: string[]; named: 'flag' | 'list' | 'home' } {
  if (flag !== undefined) return { paths: [resolve(flag)], named: 'flag' };
  const list = (around.env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  if (list.length) return { paths: list.map((path) => resolve(path)), named: 'list' };
  return { paths: [join(around.home, '.kube', 'config')], named: 'home' };
}

/** Files that are not there are passed over, except the one named by the flag; undefined when there is none. */
export async function readKubeconfig(where: { paths: readonly string[]; named: string }): Promise<Kubeconfig | undefined> {
  const read = await Promise.all(where.paths.map(readOne));
  const files = read.filter((file) => file !== undefined);
  if (!files.length && where.named === 'flag') throw new UsageError(`--kubeconfig ${where.paths[0] ?? ''}: no such file`);
  if (!files.length) return undefined;
  const entries = (list: string, part: string): Entry[] => firstOfEachName(files.flatMap((file) => entriesOf(file, list, part)));
  return {
    clusters: entries('clusters', 'cluster'),
    users: entries('users', 'user'),
    contexts: entries('contexts', 'context'),
    current: files.map(({ content }) => textOf(content, 'current-context')).find((name) => name) ?? '',
    warnings: files.flatMap(({ warning }) => warning ?? []),
  };
}

interface File {
  readonly path: string;
  readonly content: JsonObject;
  readonly warning: string | undefined;
}

async function readOne(path: string): Promise<File | undefined> {
  let text: string;
  let mode: number;
  try {
    mode = (await stat(path)).mode;
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = isObject(error) || error instanceof Error ? (error as { code?: unknown }).code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new UnreachableError(`cannot read the kubeconfig ${path} (${String(code)})`);
  }
  const content = parse(path, text);
  const warning =
    process.platform !== 'win32' && mode & 0o002 ? `${path} can be written by everybody: anyone here can redirect this run` : undefined;
  return { path, content, warning };
}

function parse(path: string, text: string): JsonObject {
  if (text.length > largest) throw bad(path, 'is larger than 1 MiB');
  let content: unknown;
  try {
    content = yaml.load(text, { schema: yaml.CORE_SCHEMA }) ?? {};
  } catch (error) {
    // The parser's message quotes the file; its place does not.
    const mark: unknown = error instanceof yaml.YAMLException ? error.mark : undefined;
    throw bad(path, `is not YAML${isObject(mark) ? ` (line ${Number(mark['line']) + 1})` : ''}`);
  }
  if (!isObject(content)) throw bad(path, 'is not a kubeconfig');
  return content;
}

function bad(path: string, what: string): UnreachableError {
  return new UnreachableError(`the kubeconfig ${path} ${what}`, 'mend it, or name another with --kubeconfig');
}

function entriesOf(file: File, list: string, part: string): Entry[] {
  const entries = file.content[list] ?? [];
  if (!Array.isArray(entries)) throw bad(file.path, `has a "${list}" that is not a list`);
  return entries.map((entry, at) => {
    const place = `${list}[${at}]`;
    const name = isObject(entry) ? textOf(entry, 'name', `${place}.name`) : undefined;
    if (!isObject(entry) || !name) throw bad(file.path, `has an entry without a name in "${list}" (number ${at + 1})`);
    const fields = entry[part] ?? {};
    if (!isObject(fields)) throw bad(file.path, `has an entry of "${list}" whose "${part}" is not an object (number ${at + 1})`);
    for (const each of texts[part] ?? []) textOf(fields, each, `${place}.${part}.${each}`);
    return { name, fields, folder: dirname(file.path) };
  });
}

function firstOfEachName(entries: readonly Entry[]): Entry[] {
  const byName = new Map<string, Entry>();
  for (const entry of entries) if (!byName.has(entry.name)) byName.set(entry.name, entry);
  return [...byName.values()];
}

export function chooseContext(config: Kubeconfig, wanted: string | undefined): Chosen {
  const name = wanted ?? config.current;
  const known = config.contexts.map((context) => context.name);
  if (!name)
    throw new UnreachableError('the kubeconfig has no current context', `choose one with --context: ${known.join(', ') || 'it has none'}`);
  const context = config.contexts.find((each) => each.name === name);
  if (!context) {
    const guess = nearest(name, known);
    const message = `no context "${name}" in the kubeconfig${guess ? `; did you mean "${guess}"?` : ''}`;
    const hint = `known: ${known.join(', ') || 'none'}`;
    throw wanted === undefined ? new UnreachableError(message, hint) : new UsageError(message, hint);
  }
  const cluster = named(config.clusters, { context, field: 'cluster' });
  if (!cluster) throw new UnreachableError(`context "${name}" names no cluster`);
  return {
    context: name,
    namespace: textOf(context.fields, 'namespace') || undefined,
    cluster,
    user: named(config.users, { context, field: 'user' }),
  };
}

function named(entries: readonly Entry[], of: { context: Entry; field: string }): Entry | undefined {
  const name = textOf(of.context.fields, of.field);
  if (!name) return undefined;
  const entry = entries.find((each) => each.name === name);
  if (!entry)
    throw new UnreachableError(`context "${of.context.name}" names the ${of.field} "${name}", which the kubeconfig does not have`);
  return entry;
}

/** Undefined: not there. What is there and no text (`token: 12345`) is refused: passed over, we would be somebody else, or somewhere else. */
export function textOf(fields: JsonObject, name: string, path = name): string | undefined {
  const value = Object.hasOwn(fields, name) ? (fields[name] ?? undefined) : undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw new UnreachableError(`${path} of the kubeconfig is not text`, 'put it in quotes');
}

/** `<name>-data` (base64) or the file that `<name>` names. */
export async function material(entry: Entry, name: string): Promise<string | undefined> {
  const data = textOf(entry.fields, `${name}-data`);
  if (data) return Buffer.from(data, 'base64').toString('utf8');
  const path = textOf(entry.fields, name);
  return path ? readSecretFile(resolve(entry.folder, path), name) : undefined;
}

export async function readSecretFile(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as { code?: unknown };
    throw new UnreachableError(`cannot read the ${what} file ${path} (${String(code)})`);
  }
}
