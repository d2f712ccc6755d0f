// Where a pod template names ConfigMaps and Secrets, read and renamed. Must not know which of them are tracked.
import type { JsonObject, Ref } from '../../contracts.ts';
import { mapAt, objectsAt } from './paths.ts';

export type ConfigKind = 'ConfigMap' | 'Secret';

export interface Named {
  readonly kind: ConfigKind;
  readonly name: string;
}

export interface Reference extends Named {
  /** Pods start without it, too. */
  readonly optional: boolean;
}

interface Place {
  readonly kind: ConfigKind;
  /** The field with the name, in the objects at `path`. */
  readonly field: string;
  readonly path: readonly string[];
}

function ofVolumes(...path: readonly string[]): Place[] {
  return [
    { kind: 'ConfigMap', field: 'name', path: ['spec', 'volumes', '*', ...path, 'configMap'] },
    { kind: 'Secret', field: path.length ? 'name' : 'secretName', path: ['spec', 'volumes', '*', ...path, 'secret'] },
  ];
}

function ofContainers(list: string): Place[] {
  return [
    { kind: 'ConfigMap', field: 'name', path: ['spec', list, '*', 'env', '*', 'valueFrom', 'configMapKeyRef'] },
    { kind: 'Secret', field: 'name', path: ['spec', list, '*', 'env', '*', 'valueFrom', 'secretKeyRef'] },
    { kind: 'ConfigMap', field: 'name', path: ['spec', list, '*', 'envFrom', '*', 'configMapRef'] },
    { kind: 'Secret', field: 'name', path: ['spec', list, '*', 'envFrom', '*', 'secretRef'] },
  ];
}

const places: readonly Place[] = [
  ...ofVolumes(),
  ...ofVolumes('projected', 'sources', '*'),
  ...ofContainers('containers'),
  ...ofContainers('initContainers'),
];

/** Each once; optional only if every place that names it says so. */
export function referencesIn(template: JsonObject): Reference[] {
  const found = new Map<string, Reference>();
  for (const { kind, field, path } of places) {
    for (const entry of objectsAt(template, path)) {
      const name = entry[field];
      if (typeof name !== 'string' || name === '') continue;
      const known = found.get(keyOf({ kind, name }))?.optional ?? true;
      found.set(keyOf({ kind, name }), { kind, name, optional: known && entry['optional'] === true });
    }
  }
  return [...found.values()];
}

export function withNames(template: JsonObject, rename: (named: Named) => string): JsonObject {
  return places.reduce((changed, { kind, field, path }) => {
    return mapAt(changed, path, (entry) => {
      const name = entry[field];
      return typeof name === 'string' && name !== '' ? { ...entry, [field]: rename({ kind, name }) } : entry;
    });
  }, template);
}

/** As Flagger writes it in its status: 'configmap/podinfo'. */
export function keyOf({ kind, name }: Named): string {
  return `${kind.toLowerCase()}/${name}`;
}

export function refTo({ kind, name }: Named): Ref {
  return { apiVersion: 'v1', kind, name };
}
