// Secrets as the runner meets them: which keys they have, found out before the run, and their values, read when a request is about to go out.
// It must never keep a value.
import { objectAt, textAt } from '../common/dig.ts';
import type { Ref, SecretKeys } from '../contracts.ts';
import type { ReadSecret } from '../http/open.ts';
import type { Objects } from '../kube/objects.ts';

/** By 'namespace/name': the names of the keys that hold something. */
export type SecretBook = ReadonlyMap<string, readonly string[]>;

export function secretRef(namespace: string, name: string): Ref {
  return { apiVersion: 'v1', kind: 'Secret', namespace, name };
}

export function keysIn(book: SecretBook, secret: Ref): SecretKeys {
  return { secret, keys: book.get(bookKey(secret)) ?? [] };
}

export function bookKey({ namespace, name }: Ref): string {
  return `${namespace ?? ''}/${name}`;
}

export function keyNames(secret: unknown): string[] {
  const data = objectAt(secret, 'data');
  return Object.keys(data).filter((key) => textAt(data, key));
}

/** Reads afresh for every request, so that a rotated Secret counts at once; keys of one Secret that are wanted together are one read. */
export function secretReader(objects: (namespace: string) => Objects, signal: AbortSignal): ReadSecret {
  const underway = new Map<string, Promise<unknown>>();
  return async (secret, key) => {
    const id = bookKey(secret);
    const reading = underway.get(id) ?? read(objects, secret, signal).finally(() => underway.delete(id));
    underway.set(id, reading);
    const value = textAt(objectAt(await reading, 'data'), key);
    if (!value) throw new Error(`Secret ${secret.name} in namespace ${secret.namespace} has no key ${key}`);
    return Buffer.from(value, 'base64').toString('utf8');
  };
}

async function read(objects: (namespace: string) => Objects, secret: Ref, signal: AbortSignal): Promise<unknown> {
  const { namespace = '', name } = secret;
  const look = await objects(namespace).get(secret, signal);
  if (look.is === 'present') return look.object;
  if (look.is === 'forbidden') throw new Error(`not allowed to read Secret ${name} in namespace ${namespace}: add the rule ${look.rule}`);
  throw new Error(`Secret ${name} is not there in namespace ${namespace}`);
}
