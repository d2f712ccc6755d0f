// GET and LIST: what is there, or what was there at a resourceVersion, in pages. It must not write.
import type { Obj } from '../../contracts.ts';
import { storedAs } from '../world/kinds.ts';
import { keyOf } from '../world/store.ts';
import type { SandboxWorld } from '../world/types.ts';
import { writeList, writeOne } from './representation.ts';
import { type Call, isWatch } from './route.ts';
import { scaleOf } from './scale.ts';
import { type Selection, selectionOf, selectorOf } from './selectors.ts';
import { badRequest, expired, internal, notFound, tooLarge } from './status.ts';

export function existing(world: SandboxWorld, call: Call): Obj {
  const found = world.store.get(storedAs(call.row), call.namespace, call.name);
  if (found === undefined) throw notFound(call.row, call.name);
  return found;
}

/** Undefined: none was asked for. */
export function askedVersion(call: Call): number | undefined {
  const text = call.request.query.get('resourceVersion') ?? '';
  if (text === '') return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  const why = `resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`;
  // Only a list says what is wrong; the others fail deep inside.
  const isList = call.name === '' && !isWatch(call);
  const isStored = call.row.kind === 'Event' && call.name !== '';
  throw isList || isStored ? badRequest(`invalid resource version: ${why}`) : internal(why);
}

function checkVersion(world: SandboxWorld, call: Call): void {
  const asked = askedVersion(call);
  if (asked !== undefined && asked > world.store.version()) throw tooLarge(asked, world.store.version());
}

export function getOne(world: SandboxWorld, call: Call): string {
  checkVersion(world, call);
  const object = existing(world, call);
  return call.subresource === 'scale' ? JSON.stringify(scaleOf(object)) : writeOne(call, object, world.clock.now());
}

interface Page {
  readonly version: number;
  /** The key of the last object that was sent. */
  readonly after: string;
}

function parseContinue(token: string): Page {
  try {
    const { version, after } = JSON.parse(atob(token)) as Page;
    if (typeof version === 'number' && typeof after === 'string') return { version, after };
  } catch {
    // Falls through: whatever was wrong with it, the answer is the same.
  }
  throw badRequest('invalid continue token: continue key is not valid: invalid continue token');
}

const TOO_OLD =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.';

function objectsAt(world: SandboxWorld, call: Call, version: number | undefined): Obj[] {
  const kind = storedAs(call.row);
  const all = version === undefined ? world.store.list(kind) : world.store.listAt(kind, version);
  if (all === undefined) throw expired(TOO_OLD);
  return call.namespace === undefined ? all : all.filter((object) => object.metadata.namespace === call.namespace);
}

const NUMBERS = ['timeoutSeconds', 'limit'];

/** Numbers of a query are read before anything else of it. */
export function checkNumbers({ request }: Call): void {
  for (const name of NUMBERS) {
    const text = request.query.get(name);
    if (text !== null && !/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  }
}

function limitOf(call: Call): number {
  const limit = Number(call.request.query.get('limit') ?? 0);
  return limit > 0 ? limit : Infinity;
}

interface Cut {
  readonly shown: Obj[];
  readonly metadata: object;
}

/** Whatever is not looked at any more may or may not be selected: there is more to ask for, and how much is known only where all is selected. */
function pageFrom(objects: readonly Obj[], { test, isAll }: Selection, { limit, version }: { limit: number; version: number }): Cut {
  const shown: Obj[] = [];
  for (const [at, object] of objects.entries()) {
    if (test(object)) shown.push(object);
    const left = objects.length - at - 1;
    if (shown.length < limit || left === 0) continue;
    const next = btoa(JSON.stringify({ version, after: keyOf(object) }));
    return { shown, metadata: { continue: next, ...(isAll ? { remainingItemCount: left } : {}) } };
  }
  return { shown, metadata: {} };
}

export function list(world: SandboxWorld, call: Call): string {
  checkNumbers(call);
  const selection = selectionOf(call);
  checkVersion(world, call);
  const { query } = call.request;
  const token = query.get('continue') ?? '';
  const page = token === '' ? undefined : parseContinue(token);
  const exact = query.get('resourceVersionMatch') === 'Exact' ? askedVersion(call) : undefined;
  const version = page?.version ?? exact ?? world.store.version();
  const all = objectsAt(world, call, page?.version ?? exact);
  const rest = page === undefined ? all : all.filter((object) => keyOf(object) > page.after);
  const looked =
    selection.name === undefined || page !== undefined ? rest : rest.filter(({ metadata }) => metadata.name === selection.name);
  const { shown, metadata } = pageFrom(looked, selection, { limit: limitOf(call), version });
  return writeList(call, shown, { metadata: { resourceVersion: String(version), ...metadata }, now: world.clock.now() });
}

/** For DELETE of a collection. */
export function selected(world: SandboxWorld, call: Call): Obj[] {
  return objectsAt(world, call, undefined).filter(selectorOf(call));
}
