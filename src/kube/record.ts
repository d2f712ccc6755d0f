// The record of a target, which is the lock, and its companion that keeps the way back: read with suspicion, saved by compare-and-set.
// It must never hold Secret data, addresses with sign-in data, or evidence of a run; and it never decides who holds the lock.
import { isObject } from '../common/json.ts';
import { epochLabel } from '../common/metadata.ts';
import type { Canary, Obj, Ref, Strings } from '../contracts.ts';
import type { Kept, State } from '../core/types.ts';
import { groupOf } from './kinds.ts';
import type { Objects } from './objects.ts';
import { ForbiddenError, PreflightError } from '../errors.ts';
import { keptLimit, parseKept, parseState, stateLimit } from './state.ts';
import { summaryOf } from './summary.ts';

export const labels = {
  kind: 'canary.run/kind',
  managedBy: 'app.kubernetes.io/managed-by',
  record: 'canary.run/record',
  epoch: epochLabel,
} as const;

/** What a save by compare-and-set relies on. */
export interface Version {
  readonly resourceVersion: string;
  readonly uid: string;
}

export interface Stored extends Version {
  readonly state: State;
  readonly object: Obj;
}

/** 'foreign': a ConfigMap stands there that is not a record we can read; it is left alone. */
export type RecordLook = { is: 'absent' } | ({ is: 'present' } & Stored) | { is: 'foreign'; why: string };

/** 'conflict': the record is not what the save relied on, so the lock may be lost: read it again. Refusals are thrown (ApiError). */
export type Saved = ({ is: 'saved'; object: Obj } & Version) | { is: 'conflict'; why: string };

type Owner = Pick<Canary, 'targetRef' | 'namespace'>;

/** One per target, not per Canary: two specs with one target meet here. Kinds outside apps carry their group. */
export function recordRef(canary: Owner): Ref {
  const { apiVersion, kind, name, namespace = canary.namespace } = canary.targetRef;
  const group = groupOf(apiVersion);
  const type = group === 'apps' || group === '' ? kind : `${kind}.${group}`;
  return { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: `canary-${type.toLowerCase()}-${name}` };
}

export function keptRef(canary: Owner): Ref {
  const record = recordRef(canary);
  return { ...record, name: `${record.name}-kept` };
}

export async function readRecord(objects: Objects, canary: Owner, signal: AbortSignal): Promise<RecordLook> {
  const object = await readConfigMap(objects, recordRef(canary), signal);
  return object ? parseRecord(object) : { is: 'absent' };
}

/** The same for an object that was already looked at. */
export function parseRecord(object: Obj): RecordLook {
  if (object.metadata.labels?.[labels.kind] !== 'record')
    return { is: 'foreign', why: notOurs(object, `has no label ${labels.kind}: record`) };
  const state = parseState(dataOf(object, 'state'));
  if ('why' in state) return { is: 'foreign', why: notOurs(object, `cannot be read: ${state.why}`) };
  return { is: 'present', state, object, ...versionOf(object) };
}

export interface RecordSave {
  readonly canary: Canary;
  readonly state: State;
  /** Of the read that the state was decided on; absent = there must be no record yet. */
  readonly resourceVersion?: string;
  /** For `status`: what is waited for, where the state does not say it. */
  readonly why?: string;
}

/** Rule 1 of the fencing protocol: every save is a compare-and-set on what was read. */
export async function saveRecord(objects: Objects, save: RecordSave, signal: AbortSignal): Promise<Saved> {
  const ref = recordRef(save.canary);
  const annotations = summaryOf(save.canary, save.state, save.why);
  const metadata = { labels: { [labels.kind]: 'record', [labels.managedBy]: 'canary' }, annotations };
  const text = bounded(JSON.stringify(save.state), stateLimit);
  // What the next run could not read must not be written.
  const read = parseState(text);
  if ('why' in read) throw new Error(`the record would not be readable: ${read.why}`);
  const body = { metadata, data: { state: text } };
  return put(objects, { ref, resourceVersion: save.resourceVersion, body }, signal);
}

/** Undefined where nothing is kept yet. What is kept but cannot be read is thrown: it may be the only way back. */
export async function readKept(objects: Objects, canary: Owner, signal: AbortSignal): Promise<Kept | undefined> {
  return (await readStoredKept(objects, canary, signal))?.kept;
}

export interface StoredKept {
  readonly kept: Kept;
  /** Of the driver that saved it: it may outlive the record. */
  readonly epoch: number;
  readonly resourceVersion: string;
}

export async function readStoredKept(objects: Objects, canary: Owner, signal: AbortSignal): Promise<StoredKept | undefined> {
  const object = await readConfigMap(objects, keptRef(canary), signal);
  return object && { kept: keptIn(object), epoch: stampOf(object), resourceVersion: versionOf(object).resourceVersion };
}

/** The epoch that an object is stamped with; 0 where there is none, or none that could be ours. */
export function stampOf(object: Obj | undefined): number {
  const stamp = Number(object?.metadata.labels?.[labels.epoch] ?? 0);
  return Number.isSafeInteger(stamp) && stamp >= 0 ? stamp : 0;
}

function keptIn(object: Obj): Kept {
  const isKept = object.metadata.labels?.[labels.kind] === 'kept';
  const kept = isKept ? parseKept(dataOf(object, 'kept')) : { why: `it has no label ${labels.kind}: kept` };
  if ('why' in kept)
    throw new PreflightError(notOurs(object, `cannot be read: ${kept.why}`), 'look at it, and delete it if nothing needs it');
  return kept;
}

export interface KeptSave {
  readonly canary: Canary;
  readonly recordUid: string;
  readonly kept: Kept;
  /** Of the driver that saves: what a newer one has stamped is not overwritten (rule 8). */
  readonly epoch: number;
  /** Of our own last look at it, or save; '' = it was not there; undefined: it is read first. */
  readonly resourceVersion?: string | undefined;
}

/** Compare-and-set on what stands there now, unless a newer driver has stamped it: taking over from anybody who may still write saves it, so
 *  an older driver's save is dead. */
export async function saveKept(objects: Objects, save: KeptSave, signal: AbortSignal): Promise<Saved> {
  const ref = keptRef(save.canary);
  const was = save.resourceVersion === undefined ? await readStoredKept(objects, save.canary, signal) : undefined;
  if (was && was.epoch > save.epoch) return { is: 'conflict', why: `${ref.name} is stamped by a newer driver` };
  const metadata = {
    labels: { [labels.kind]: 'kept', [labels.managedBy]: 'canary', [labels.record]: save.recordUid, [labels.epoch]: String(save.epoch) },
  };
  const body = { metadata, data: { kept: bounded(JSON.stringify(save.kept), keptLimit) } };
  return put(objects, { ref, resourceVersion: save.resourceVersion ?? was?.resourceVersion, body }, signal);
}

interface Put {
  readonly ref: Ref;
  readonly resourceVersion: string | undefined;
  readonly body: { metadata: { labels: Strings; annotations?: { [name: string]: string | null } }; data: Strings };
}

async function put(objects: Objects, put: Put, signal: AbortSignal): Promise<Saved> {
  const { ref, resourceVersion, body } = put;
  // A patch of our own fields, so that a person's annotations (intents) are never wiped out.
  const written = resourceVersion
    ? await objects.merge(ref, { patch: body, resourceVersion }, signal)
    : await objects.create(created(put), signal);
  if (written.is === 'refused') throw written.error;
  if (written.is === 'done' && written.object) return { is: 'saved', object: written.object, ...versionOf(written.object) };
  // Rule 10: if an earlier try was carried out without an answer, the record already says just what we wanted to say.
  const now = await readConfigMap(objects, ref, signal);
  if (now && Object.entries(body.data).every(([key, text]) => dataOf(now, key) === text))
    return { is: 'saved', object: now, ...versionOf(now) };
  return { is: 'conflict', why: written.is === 'conflict' ? written.why : `ConfigMap ${ref.name} was not saved` };
}

function created({ ref, body }: Put): Obj {
  const { apiVersion, kind, name, namespace = '' } = ref;
  const annotations: Strings = {};
  for (const [key, value] of Object.entries(body.metadata.annotations ?? {})) if (value !== null) annotations[key] = value;
  return { apiVersion, kind, metadata: { name, namespace, labels: body.metadata.labels, annotations }, data: body.data };
}

async function readConfigMap(objects: Objects, ref: Ref, signal: AbortSignal): Promise<Obj | undefined> {
  const look = await objects.get(ref, signal);
  if (look.is === 'forbidden') throw new ForbiddenError(`not allowed to read the record ${ref.name}`, `add the rule ${look.rule}`);
  if (look.is === 'no-such-kind')
    throw new PreflightError('the API server serves no ConfigMaps', 'is the context one of a Kubernetes cluster?');
  return look.is === 'present' ? look.object : undefined;
}

function notOurs(object: Obj, why: string): string {
  return `ConfigMap ${object.metadata.name} in namespace ${object.metadata.namespace ?? ''} ${why}`;
}

function dataOf(object: Obj, key: string): unknown {
  const data = object['data'];
  return isObject(data) && Object.hasOwn(data, key) ? data[key] : undefined;
}

function versionOf(object: Obj): Version {
  return { resourceVersion: object.metadata.resourceVersion ?? '', uid: object.metadata.uid ?? '' };
}

function bounded(text: string, limit: number): string {
  if (Buffer.byteLength(text) > limit) throw new Error(`what is to be saved is larger than ${limit / 1024} KiB`);
  return text;
}
