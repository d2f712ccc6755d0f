// Which fields of an object that is applied are wanted: not those that a release drives, and not what the API server adds by itself. Objects only;
// it must never ask the cluster.
import { equal, isObject } from '../common/json.ts';
import type { Json, JsonObject } from '../contracts.ts';

/** Fields of one object that are driven, so that a file does not set them. */
export interface Driven {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Paths of fields. */
  readonly fields: readonly (readonly string[])[];
  /** Lists that the release adds to: what it has added stays. */
  readonly lists?: readonly (readonly string[])[];
  /** The image of this container is set by the run; no `container`: of the only one. */
  readonly image?: { readonly container?: string };
}

export function withoutDriven(wanted: JsonObject, live: JsonObject, driven: readonly Driven[]): JsonObject {
  return driven.reduce<JsonObject>((object, { fields, lists = [], image }) => {
    const left = fields.reduce<JsonObject>((less, path) => without(less, path), object);
    const rest = lists.reduce<JsonObject>((more, path) => withAdded(more, live, path), left);
    return image ? withLiveImage(rest, live, image.container) : rest;
  }, wanted);
}

function without(object: JsonObject, [field = '', ...rest]: readonly string[]): JsonObject {
  const { [field]: value, ...others } = object;
  if (value === undefined || !rest.length) return others;
  return isObject(value) ? { ...others, [field]: without(value, rest) } : object;
}

function withAdded(wanted: JsonObject, live: JsonObject, path: readonly string[]): JsonObject {
  const [file, now] = [at(wanted, path), at(live, path)];
  if (!Array.isArray(file) || !Array.isArray(now)) return wanted;
  return put(wanted, path, [...now, ...file.filter((each) => !now.some((one) => equal(one, each)))]);
}

function at(object: JsonObject, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((value, field) => (isObject(value) ? value[field] : undefined), object);
}

const containersPath = ['spec', 'template', 'spec', 'containers'] as const;

function withLiveImage(wanted: JsonObject, live: JsonObject, container: string | undefined): JsonObject {
  const containers = containersOf(wanted);
  const now = containersOf(live);
  const set = containers.map((each) => {
    const isIt = container === undefined ? containers.length === 1 : each['name'] === container;
    const image = isIt ? now.find(({ name }) => name === each['name'])?.['image'] : undefined;
    return image === undefined ? each : { ...each, image };
  });
  return containers.length ? put(wanted, containersPath, set) : wanted;
}

function containersOf(object: JsonObject): JsonObject[] {
  const found = at(object, containersPath);
  return Array.isArray(found) ? found.filter(isObject) : [];
}

function put(object: JsonObject, [field = '', ...rest]: readonly string[], value: Json): JsonObject {
  const inner = object[field];
  return { ...object, [field]: rest.length ? put(isObject(inner) ? inner : {}, rest, value) : value };
}

/** A merge patch replaces lists whole: one that differs only in what the API server has added is taken as it stands. */
export function asLive(wanted: JsonObject, live: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(wanted).map(([field, value]) => {
      const now = live[field];
      if (Array.isArray(value) && Array.isArray(now)) return [field, isSame(value, now) ? now : value];
      return [field, isObject(value) && isObject(now) ? asLive(value, now) : value];
    }),
  );
}

/** What the API server writes into items of lists where a file says nothing. */
const defaults: Readonly<Record<string, Json>> = {
  apiVersion: 'v1',
  defaultMode: 420,
  failureThreshold: 3,
  imagePullPolicy: 'IfNotPresent',
  periodSeconds: 10,
  protocol: 'TCP',
  resources: {},
  scheme: 'HTTP',
  successThreshold: 1,
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  timeoutSeconds: 1,
};

function isSame(wanted: Json, live: Json | undefined): boolean {
  if (Array.isArray(wanted))
    return Array.isArray(live) && wanted.length === live.length && wanted.every((each, at) => isSame(each, live[at]));
  if (!isObject(wanted)) return equal(wanted, live ?? null);
  if (!isObject(live)) return false;
  const isSaid = (field: string): boolean => wanted[field] !== undefined && wanted[field] !== null;
  const isAdded = (field: string): boolean =>
    equal(live[field], defaults[field]) || field === 'nodePort' || (field === 'targetPort' && equal(live[field], wanted['port']));
  return Object.keys({ ...wanted, ...live }).every((field) =>
    isSaid(field) ? isSame(wanted[field] ?? null, live[field]) : live[field] === undefined || isAdded(field),
  );
}
