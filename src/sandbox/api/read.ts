// GET and LIST: what is there, or what was there at a resourceVersion, in pages. It must not write.
import type { Obj } from '../../contracts.ts';
import { storedAs } from '../world/kinds.ts';
import { keyOf } from '../world/store.ts';
import type { SandboxWorld } from '../world/types.ts';
import { writeList, writeOne } from './representation.ts';
import { type Call, isWatch } from './route.ts';
import { scaleOf } from './scale.ts';
import { selectorOf } from './selectors.ts';
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
  throw call.row.kind === 'Event' || (call.name === '' && !isWatch(call)) ? badRequest(`invalid resource version: ${why}`) : internal(why);
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

function positive(text: string | null): number {
  if (text !== null && text !== '' && !/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return text === null || !/^\d+$/.test(text) || text === '0' ? Infinity : Number(text);
}

export function list(world: SandboxWorld, call: Call): string {
  const { query } = call.request;
  const test = selectorOf(call);
  checkVersion(world, call);
  const token = query.get('continue') ?? '';
  const page = token === '' ? undefined : parseContinue(token);
  const exact = query.get('resourceVersionMatch') === 'Exact' ? askedVersion(call) : undefined;
  const version = page?.version ?? exact ?? world.store.version();
  const matching = objectsAt(world, call, page?.version ?? exact).filter(test);
  const rest = page === undefined ? matching : matching.filter((object) => keyOf(object) > page.after);
  const limit = positive(query.get('limit'));
  const shown = rest.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rest.length > limit && last !== undefined;
  const more = hasMore ? { continue: btoa(JSON.stringify({ version, after: keyOf(last) })), remainingItemCount: rest.length - limit } : {};
  return writeList(call, shown, { metadata: { resourceVersion: String(version), ...more }, now: world.clock.now() });
}

/** For DELETE of a collection. */
export function selected(world: SandboxWorld, call: Call): Obj[] {
  return objectsAt(world, call, undefined).filter(selectorOf(call));
}
