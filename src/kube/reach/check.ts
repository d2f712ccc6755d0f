// What stands in the way of requests, found out before any of them is sent. It must never send one, open a port or tell by which way they will go.
import { isObject } from '../../common/json.ts';
import { ApiError, asCanaryError } from '../api-error.ts';
import { readBody } from '../body.ts';
import { missingRights } from '../preflight.ts';
import type { Right } from '../rules.ts';
import { reliable } from '../send.ts';
import { once, unlessAborted, type Room, type Way } from './room.ts';
import { missingRules } from './words.ts';

export interface Candidate {
  /** The Service in words; undefined: it must not be told. */
  readonly name: string | undefined;
  /** A text: why there is none. */
  readonly way: Way | string;
}

/** In words, each once; [] = nothing. */
export async function obstacles(room: Room, candidates: readonly Candidate[], signal: AbortSignal): Promise<string[]> {
  const missing = new Set((await missingFor(room, candidates.flatMap(rightsOf), signal)).map(textOf));
  const lacking = new Map<string, { candidate: Candidate; rights: Right[] }>();
  const lines: string[] = [];
  for (const candidate of candidates) {
    const { name, way } = candidate;
    if (typeof way === 'string') lines.push(line(name, way));
    const rights = rightsOf(candidate).filter((right) => missing.has(textOf(right)));
    const key = `${name} ${typeof way === 'string' ? '' : way.needs?.by}`;
    const known = lacking.get(key)?.rights ?? [];
    if (rights.length) lacking.set(key, { candidate, rights: [...known, ...rights] });
  }
  for (const { candidate, rights } of lacking.values())
    if (typeof candidate.way !== 'string') lines.push(line(candidate.name, missingRules(candidate.way.needs?.by ?? '', rights)));
  return [...new Set(lines)];
}

function line(name: string | undefined, why: string): string {
  return name === undefined
    ? 'an address that stands in a Secret: no way to it is open (a Service, a port or a right is missing)'
    : `${name}: ${why}`;
}

function rightsOf({ way }: Candidate): readonly Right[] {
  return typeof way === 'string' ? [] : (way.needs?.rights ?? []);
}

function textOf({ namespace, group, resource, verb, name = '' }: Right): string {
  return [namespace, group, resource, verb, name].join(' ');
}

async function missingFor(room: Room, rights: readonly Right[], signal: AbortSignal): Promise<Right[]> {
  const isCreate = ({ resource, verb }: Right): boolean => resource === 'pods/portforward' && verb === 'create';
  const isOld =
    rights.some(isCreate) &&
    (await unlessAborted(
      once(room.kept, 'get is enough', () => isGetEnough(room)),
      signal,
    ));
  const wanted = isOld ? rights.filter((right) => !isCreate(right)) : rights;
  if (!wanted.length) return [];
  try {
    return await missingRights(room.objects, wanted, signal);
  } catch (error) {
    // Where nobody may ask, the request itself will tell.
    if (error instanceof ApiError) return [];
    throw asCanaryError(error) ?? error;
  }
}

/** A port-forward is asked for with GET; from Kubernetes 1.35 on it takes the right to create as well. Not sure: both. */
async function isGetEnough(room: Room): Promise<boolean> {
  try {
    const reply = await reliable(room.connection.send, room.clock)({ method: 'GET', url: '/version', headers: {} }, room.signal);
    const version: unknown = JSON.parse(await readBody(reply));
    return isObject(version) && version['major'] === '1' && Number.parseInt(String(version['minor']), 10) < 35;
  } catch {
    return false;
  }
}
