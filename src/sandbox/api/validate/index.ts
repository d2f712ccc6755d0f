// What the API server refuses, by kind, with all causes at once. Kinds of a CustomResourceDefinition have no schema here.
import { equal } from '../../../common/json.ts';
import type { Obj } from '../../../contracts.ts';
import { type KindRow, storedVersion } from '../../world/kinds.ts';
import type { Cause } from '../status.ts';
import { below, forbiddenField, immutable, invalidValue, object, required } from './causes.ts';
import { endpointSlice } from './endpoint-slice.ts';
import { changedMetadata, newMetadata } from './metadata.ts';
import { service } from './service.ts';
import { podSpec, workload } from './workload.ts';

type Check = (next: Obj, before: Obj | undefined) => Cause[];

function configuration(next: Obj, before: Obj | undefined): Cause[] {
  const keys = [...Object.keys(object(next['data'])), ...Object.keys(object(next['binaryData']))];
  const words = `a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`;
  const causes = keys.filter((key) => !/^[-._a-zA-Z0-9]+$/.test(key)).map((key) => invalidValue(`data[${key}]`, key, words));
  const binary = object(next['binaryData']);
  const twice = Object.keys(object(next['data'])).filter((key) => Object.hasOwn(binary, key));
  const doubled = twice.map((key) => invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData'));
  return [...kept(next, before), ...causes, ...doubled];
}

const FIXED = 'field is immutable when `immutable` is set';

/** What is immutable stays so, and stays. */
function kept(next: Obj, before: Obj | undefined): Cause[] {
  if (before?.['immutable'] !== true) return [];
  const isLifted = next['immutable'] !== true;
  const changed = ['data', 'binaryData'].filter((field) => !equal(next[field] ?? null, before[field] ?? null));
  return [...(isLifted ? ['immutable'] : []), ...changed].map((field) => forbiddenField(field, FIXED));
}

function secret(next: Obj, before: Obj | undefined): Cause[] {
  const isRetyped = before !== undefined && before['type'] !== next['type'];
  return [...(isRetyped ? [immutable('type', next['type'])] : []), ...configuration(next, before)];
}

/** An apiVersion without a group stays where it is already. */
function groupless(next: Obj, before: Obj | undefined): Cause[] {
  const [is, was] = [next, before].map((one) => String(object(object(one?.['spec'])['scaleTargetRef'])['apiVersion'] ?? ''));
  if (is?.includes('/') || (before !== undefined && !was?.includes('/'))) return [];
  return [invalidValue('spec.scaleTargetRef.apiVersion', is, 'apiVersion must specify API group')];
}

function autoscaler(next: Obj, before: Obj | undefined): Cause[] {
  const { minReplicas, maxReplicas, scaleTargetRef } = object(next['spec']);
  const target = object(scaleTargetRef);
  const max = typeof maxReplicas === 'number' ? maxReplicas : 0;
  const isCrossed = typeof minReplicas === 'number' && max < minReplicas;
  return [
    ...below('spec.minReplicas', minReplicas, 1),
    ...(max < 1 ? [invalidValue('spec.maxReplicas', max, 'must be greater than 0')] : []),
    ...(isCrossed ? [invalidValue('spec.maxReplicas', max, 'must be greater than or equal to `minReplicas`')] : []),
    ...(target['kind'] ? [] : [required('spec.scaleTargetRef.kind')]),
    ...(target['name'] ? [] : [required('spec.scaleTargetRef.name')]),
    ...groupless(next, before),
    ...(minReplicas === 0
      ? [forbiddenField('spec.metrics', 'must specify at least one Object or External metric to support scaling to zero replicas')]
      : []),
  ];
}

function lease(next: Obj): Cause[] {
  const { leaseDurationSeconds: seconds, leaseTransitions } = object(next['spec']);
  const isShort = typeof seconds === 'number' && seconds <= 0;
  return [
    ...(isShort ? [invalidValue('spec.leaseDurationSeconds', seconds, 'must be greater than 0')] : []),
    ...below('spec.leaseTransitions', leaseTransitions, 0),
  ];
}

function event(next: Obj): Cause[] {
  const { namespace } = object(next['involvedObject']);
  const place = next.metadata.namespace;
  const isElsewhere = (namespace ?? 'default') !== place;
  return isElsewhere ? [invalidValue('involvedObject.namespace', namespace ?? '', 'does not match event.namespace')] : [];
}

const CHECKS: Record<string, Check> = {
  Deployment: workload,
  ReplicaSet: workload,
  DaemonSet: workload,
  Pod: (next) => podSpec('spec', next['spec']),
  Service: service,
  ConfigMap: configuration,
  Secret: secret,
  HorizontalPodAutoscaler: autoscaler,
  Lease: lease,
  Event: event,
  EndpointSlice: endpointSlice,
};

/** A custom kind says itself what it is; the server looks only after everything else is read. */
function customType(row: KindRow, { kind, apiVersion }: Obj, served: string): Cause[] {
  if (!row.custom) return [];
  const isServed = apiVersion === storedVersion(row) || apiVersion === served;
  return [
    ...(kind === row.kind ? [] : [invalidValue('kind', kind, `must be ${row.kind}`)]),
    ...(isServed ? [] : [invalidValue('apiVersion', apiVersion, `must be ${served}`)]),
  ];
}

export interface Kind {
  readonly row: KindRow;
  /** The apiVersion that the request's path names. */
  readonly served: string;
}

export function causesOfNew({ row, served }: Kind, next: Obj): Cause[] {
  const mistyped = customType(row, next, served);
  if (mistyped.length > 0) return mistyped;
  const own = row.custom ? [] : (CHECKS[row.kind]?.(next, undefined) ?? []);
  // An Event's metadata is looked at last, if nothing else is wrong.
  if (row.kind === 'Event' && own.length > 0) return own;
  return [...newMetadata(row, next), ...own];
}

/** `sent`: as the client would have it, with what only the server sets. */
export function causesOfChange({ row, served }: Kind, { sent, next, before }: Readonly<Record<'sent' | 'next' | 'before', Obj>>): Cause[] {
  const own = row.custom ? customType(row, sent, served) : (CHECKS[row.kind]?.(next, before) ?? []);
  return [...changedMetadata(row, sent, before), ...own];
}
