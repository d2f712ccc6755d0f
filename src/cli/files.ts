// Reads what FILE names: a file, a folder, or standard input. Knows nothing of YAML; it only brings texts with the names that errors show.
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SpecError, UsageError } from '../errors.ts';

export interface Source {
  readonly name: string;
  readonly text: string;
}

type Stdin = AsyncIterable<Uint8Array | string>;

/** More than any folder of specs; a device or a wrong file must not fill the memory. The reader has its own, lower limit per file. */
const most = 4 * 1024 * 1024;

export async function readSources(paths: readonly string[], stdin: Stdin): Promise<Source[]> {
  if (paths.filter((path) => path === '-').length > 1) throw new UsageError('standard input (-) can be read only once');
  const sources: Source[] = [];
  for (const path of paths) sources.push(...(path === '-' ? [await readOne('stdin', stdin)] : await readPath(path)));
  return sources;
}

async function readPath(path: string): Promise<Source[]> {
  const info = await stat(path).catch((error: unknown) => refuse(path, error));
  if (!info.isDirectory()) return [await readFile(path)];
  const names = (await readdir(path).catch((error: unknown) => refuse(path, error))).filter(isSpec).sort();
  if (!names.length) throw new UsageError(`${path}: no .yaml, .yml or .json file in this folder`);
  const sources: Source[] = [];
  for (const name of names) sources.push(await readFile(join(path, name)));
  return sources;
}

function isSpec(name: string): boolean {
  return /\.(ya?ml|json)$/i.test(name) && !name.startsWith('.');
}

async function readFile(path: string): Promise<Source> {
  return readOne(path, createReadStream(path)).catch((error: unknown) => refuse(path, error));
}

async function readOne(name: string, stream: Stdin): Promise<Source> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream) {
    const bytes = Buffer.from(part);
    size += bytes.length;
    if (size > most) throw new SpecError([`${name}: larger than ${most / 1024 / 1024} MiB; a Canary is a few KiB`]);
    parts.push(bytes);
  }
  return { name, text: Buffer.concat(parts).toString('utf8') };
}

function refuse(path: string, error: unknown): never {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const reasons: Record<string, string> = {
    ENOENT: 'no such file or folder',
    EACCES: 'not allowed to read it',
    EISDIR: 'a folder where a file was expected',
    ENOTDIR: 'part of the path is not a folder',
  };
  const reason = reasons[code];
  if (reason === undefined) throw error;
  throw new UsageError(`${path}: ${reason}`);
}
