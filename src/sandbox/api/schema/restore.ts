// Why a value cannot become a field of a kind, in the words of the API server's converter: of the result of a strategic merge patch, which never
// is JSON there. It must not convert.
import { isObject } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../contracts.ts';
import { fieldsOf } from './decode.ts';
import { microTime, secondsTime } from './times.ts';

// Texts that have a type of their own.
const NAMED: Readonly<Record<string, string>> = {
  'Container.imagePullPolicy': 'v1.PullPolicy',
  'ContainerPort.protocol': 'v1.Protocol',
  'DeploymentStrategy.type': 'v1.DeploymentStrategyType',
  'EndpointSlice.addressType': 'v1.AddressType',
  'MetricSpec.type': 'v2.MetricSourceType',
  'ObjectMeta.uid': 'types.UID',
  'PodSpec.dnsPolicy': 'v1.DNSPolicy',
  'PodSpec.restartPolicy': 'v1.RestartPolicy',
  'Secret.type': 'v1.SecretType',
  'ServicePort.protocol': 'v1.Protocol',
  'ServiceSpec.sessionAffinity': 'v1.ServiceAffinity',
  'ServiceSpec.type': 'v1.ServiceType',
};

// The other numbers are int32.
const LONG = new Set([
  'activeDeadlineSeconds',
  'deletionGracePeriodSeconds',
  'fsGroup',
  'generation',
  'observedGeneration',
  'runAsGroup',
  'runAsUser',
  'terminationGracePeriodSeconds',
  'tolerationSeconds',
]);

function kindOf(value: Json): string {
  if (Array.isArray(value)) return 'slice';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : isObject(value) ? 'map' : 'string';
}

function unmarshalled(value: Json): string {
  const words: Readonly<Record<string, string>> = { slice: 'array', int64: 'number', float64: `number ${String(value)}`, map: 'object' };
  const kind = kindOf(value);
  return words[kind] ?? kind;
}

const SECONDS = '2006-01-02T15:04:05Z07:00';
const FRACTION = '.000000';
const WHOLE = '2026-01-01T00:00:00'.length;

/** Where the reader stops: at the fraction, or at once. */
function timeError(value: Json, layout: string, read: (text: string) => string | undefined): string | undefined {
  if (typeof value !== 'string') return `json: cannot unmarshal ${unmarshalled(value)} into Go value of type string`;
  if (read(value) !== undefined) return undefined;
  const isLate = secondsTime(value) !== undefined;
  const [rest, part] = isLate ? [value.slice(WHOLE), FRACTION] : [value, '2006'];
  return `parsing time ${JSON.stringify(value)} as "${layout}": cannot parse ${JSON.stringify(rest)} as "${part}"`;
}

const QUANTITY = '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$';
const BASE64 = /^[A-Za-z0-9+/]*={0,2}/;

function bytesError(value: Json): string | undefined {
  if (typeof value !== 'string') return `cannot restore slice from ${kindOf(value)}`;
  const good = BASE64.exec(value)?.[0].length ?? 0;
  const isWhole = good === value.length && value.length % 4 === 0;
  return isWhole ? undefined : `error decoding from json: illegal base64 data at input byte ${good}`;
}

type Check = (value: Json, field: string) => string | undefined;

const SIMPLE: Readonly<Record<string, Check>> = {
  string: (value, field) => {
    if (typeof value === 'string') return undefined;
    return kindOf(value) === 'int64' ? `cannot convert int64 to ${NAMED[field] ?? 'string'}` : 'unrecognized type: string';
  },
  int: (value, field) => {
    const type = LONG.has(field.split('.')[1] ?? '') ? 'int64' : 'int32';
    if (typeof value !== 'number') return `unrecognized type: ${type}`;
    return Number.isInteger(value) ? undefined : `cannot convert float64 to ${type}`;
  },
  bool: (value) => (typeof value === 'boolean' ? undefined : 'unrecognized type: bool'),
  bytes: bytesError,
  IntOrString: (value) =>
    typeof value === 'string' || kindOf(value) === 'int64'
      ? undefined
      : `json: cannot unmarshal ${unmarshalled(value)} into Go value of type int32`,
  Quantity: (value) =>
    typeof value === 'number' || (typeof value === 'string' && new RegExp(QUANTITY).test(value))
      ? undefined
      : `quantities must match the regular expression '${QUANTITY}'`,
  Time: (value) => timeError(value, SECONDS, secondsTime),
  MicroTime: (value) => timeError(value, SECONDS.replace('Z', `${FRACTION}Z`), microTime),
};

function first<T>(items: readonly T[], check: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = check(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function structError(value: Json, type: string): string | undefined {
  if (!isObject(value)) return `cannot restore struct from: ${kindOf(value)}`;
  return first(fieldsOf(type) ?? [], (field) => errorAt(value[field.name] ?? null, field.type, `${type}.${field.name}`));
}

function errorAt(value: Json, type: string, field: string): string | undefined {
  if (value === null) return undefined;
  const inner = type.slice(1);
  if (type.startsWith('[')) {
    return Array.isArray(value) ? first(value, (item) => errorAt(item, inner, field)) : `cannot restore slice from ${kindOf(value)}`;
  }
  if (type.startsWith('{')) {
    return isObject(value)
      ? first(Object.values(value), (item) => errorAt(item, inner, field))
      : `cannot restore map from ${kindOf(value)}`;
  }
  return fieldsOf(type) === undefined ? SIMPLE[type]?.(value, field) : structError(value, type);
}

/** Undefined: it can. */
export function restoreError(type: string, value: JsonObject): string | undefined {
  return structError(value, type);
}
