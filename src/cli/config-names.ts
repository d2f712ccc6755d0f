// The ConfigMaps and Secrets that the pods of a workload cannot start without, with the keys that are named. Reads an object; knows no cluster.
import { isObject } from '../common/json.ts';
import type { Obj } from '../contracts.ts';
import type { Json, JsonObject } from '../spec/types.ts';

export interface Config {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly keys: ReadonlySet<string>;
}

interface Mention {
  readonly kind: Config['kind'];
  readonly name: Json | undefined;
  readonly keys: readonly (Json | undefined)[];
  readonly optional: Json | undefined;
}

/** Of a Deployment or DaemonSet; what is optional is left out. */
export function configOf(workload: Obj | undefined): Config[] {
  const pod = inner(inner(workload?.['spec'], 'template'), 'spec');
  const containers = [...list(pod['initContainers']), ...list(pod['containers'])];
  const mentions = [...list(pod['volumes']).flatMap(ofVolume), ...containers.flatMap(ofContainer)];
  const found = new Map<string, { kind: Config['kind']; name: string; keys: Set<string> }>();
  for (const { kind, name, keys, optional } of mentions) {
    if (typeof name !== 'string' || optional === true) continue;
    const entry = found.get(`${kind}/${name}`) ?? { kind, name, keys: new Set() };
    for (const key of keys) if (typeof key === 'string') entry.keys.add(key);
    found.set(`${kind}/${name}`, entry);
  }
  return [...found.values()];
}

function ofVolume(volume: JsonObject): Mention[] {
  const sources = [volume, ...list(inner(volume, 'projected')['sources'])];
  return sources.flatMap((source) => [ofFiles('ConfigMap', source['configMap']), ofFiles('Secret', source['secret'])].flat());
}

/** A volume calls a Secret secretName, a projected one name. */
function ofFiles(kind: Config['kind'], files: Json | undefined): Mention[] {
  if (!isObject(files)) return [];
  const keys = list(files['items']).map((item) => item['key']);
  return [{ kind, name: files['secretName'] ?? files['name'], keys, optional: files['optional'] }];
}

function ofContainer(container: JsonObject): Mention[] {
  const values = list(container['env']).map((env) => inner(env, 'valueFrom'));
  return [
    ...values.flatMap((from) => [ofKey('ConfigMap', from['configMapKeyRef']), ofKey('Secret', from['secretKeyRef'])].flat()),
    ...list(container['envFrom']).flatMap((from) => [ofKey('ConfigMap', from['configMapRef']), ofKey('Secret', from['secretRef'])].flat()),
  ];
}

function ofKey(kind: Config['kind'], ref: Json | undefined): Mention[] {
  return isObject(ref) ? [{ kind, name: ref['name'], keys: [ref['key']], optional: ref['optional'] }] : [];
}

function inner(value: unknown, field: string): JsonObject {
  const found = isObject(value) ? value[field] : undefined;
  return isObject(found) ? found : {};
}

function list(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
