// What a POST makes, and a PUT of what is not there: checked, given what only the server gives, stored. It must not change what is there.
import { isObject } from '../../common/json.ts';
import type { JsonObject, Obj } from '../../contracts.ts';
import { shortHash } from '../world/hash.ts';
import { storedAs } from '../world/kinds.ts';
import { isTerminating } from '../world/shapes.ts';
import { timestamp } from '../world/time.ts';
import type { SandboxWorld } from '../world/types.ts';
import { withDefaults, withSchema } from './defaults/index.ts';
import { type Call, isDryRun, servedVersion } from './route.ts';
import { alreadyExists, type Cause, forbidden, internal, invalid, notFound, type Refusal } from './status.ts';
import { causesOfNew } from './validate/index.ts';
import { addressCauses } from './validate/service.ts';

function checkNamespace(world: SandboxWorld, call: Call, name: string): void {
  if (!call.row.namespaced) return;
  const place = call.namespace ?? '';
  const namespace = world.get('Namespace', undefined, place);
  if (namespace === undefined) throw notFound(world.row('Namespace'), place);
  if (isTerminating(namespace))
    throw forbidden(call.row, name, `unable to create new content in namespace ${place} because it is being terminated`);
}

// What a new object's status says where it is not for the sender to say.
const FIRST_STATUS: Record<string, JsonObject> = {
  Service: { loadBalancer: {} },
  Namespace: { phase: 'Active' },
  Pod: { phase: 'Pending', qosClass: 'BestEffort' },
  ReplicaSet: { replicas: 0 },
  DaemonSet: { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
  HorizontalPodAutoscaler: { currentMetrics: null, desiredReplicas: 0 } as JsonObject,
};

function withFirstStatus(call: Call, object: Obj): Obj {
  if (!call.row.subresources.includes('status')) return object;
  const { status: _, ...rest } = object;
  if (call.row.custom) return rest as Obj;
  return { ...rest, status: FIRST_STATUS[call.row.kind] ?? {} } as Obj;
}

/** Data that is empty counts as data where something is judged, and is none where it is stored. */
export function stored(object: Obj): Obj {
  const isNone = ([field, value]: [string, unknown]): boolean =>
    (field === 'data' || field === 'binaryData') && isObject(value) && Object.keys(value).length === 0;
  if (object.kind !== 'ConfigMap' && object.kind !== 'Secret') return object;
  return Object.fromEntries(Object.entries(object).filter((entry) => !isNone(entry))) as Obj;
}

export const BY_SERVER = ['uid', 'creationTimestamp', 'generation', 'deletionTimestamp', 'deletionGracePeriodSeconds'];

function newborn(world: SandboxWorld, row: Call['row'], object: Obj): Obj {
  // Kinds that keep no generation keep what was sent as one.
  const isKept = (field: string): boolean => !BY_SERVER.includes(field) || (field === 'generation' && !row.generation);
  const metadata = Object.fromEntries(Object.entries(object.metadata).filter(([field]) => isKept(field))) as Obj['metadata'];
  const prefix = metadata['generateName'];
  if (!metadata.name && typeof prefix === 'string') metadata.name = `${prefix}${shortHash(`${prefix}${world.count('name')}`, 5)}`;
  return { ...object, metadata };
}

/** What a dry run answers: born, but never stored. */
function imagined(world: SandboxWorld, call: Call, next: Obj): Obj {
  const uid = `5a4d0b0c-0000-4000-8000-f${world.count('dry-run').toString(16).padStart(11, '0')}`;
  const generation = call.row.generation ? { generation: 1 } : {};
  return { ...next, metadata: { ...next.metadata, uid, creationTimestamp: timestamp(world.clock.now()), ...generation } };
}

/** A refusal names what the object says it is; a custom kind's may say anything. */
export function refused({ row }: Call, { kind, apiVersion, metadata }: Obj, causes: readonly Cause[]): Refusal {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return invalid(row.custom ? { group, kind } : row, metadata.name ?? '', causes);
}

/** In the order in which the real server finds things wrong: addresses are handed out first. */
function checkNew(call: Call, next: Obj): void {
  const addresses = call.row.kind === 'Service' && call.subresource === '' ? addressCauses(next) : [];
  const causes = addresses.length > 0 ? addresses : causesOfNew({ row: call.row, served: servedVersion(call) }, next);
  if (causes.length > 0) throw refused(call, next, causes);
}

/** By PUT: a version is not looked at. */
export function createObject(world: SandboxWorld, call: Call, body: Obj): Obj {
  checkNamespace(world, call, body.metadata.name ?? '');
  const born = newborn(world, call.row, body);
  const isBare = call.subresource === 'status';
  const next = withFirstStatus(call, call.row.custom ? withSchema(call.row, born) : withDefaults(world, born, { isBare }));
  checkNew(call, next);
  const { name, generateName, resourceVersion: version } = next.metadata;
  const isVersioned = call.request.method === 'POST' && /^\d+$/.test(version ?? '') && version !== '0';
  if (isVersioned && !isDryRun(call)) throw internal('resourceVersion should not be set on objects to be created');
  const there = world.store.get(storedAs(call.row), call.namespace, name);
  if (there !== undefined) throw alreadyExists(call.row, name, { isMade: Boolean(generateName), isEnding: isTerminating(there) });
  return isDryRun(call) ? imagined(world, call, stored(next)) : world.store.create(call.row, stored(next));
}
