// The recording config-tracking: its input as an API server holds it, and what the tests of tracked config do with it.
import { readFileSync } from 'node:fs';
import { dig } from '../../src/common/dig.ts';
import type { Change, Ctx, JsonObject, Obj, Ref, Revision, Side } from '../../src/contracts.ts';
import { deployment } from '../../src/targets/deployment.ts';
import { applied, canaryOf, digest, foundOf, objectOf, objectsOf, seenBy } from '../support/found.ts';
import { changed } from './podinfo.ts';

const folder = new URL('../parity/recordings/config-tracking/', import.meta.url);

export function recording(file: 'input' | 'initialized' | 'final'): Obj[] {
  return objectsOf(readFileSync(new URL(`${file}.yaml`, folder), 'utf8'));
}

/** One object of what was recorded: 'deployments/podinfo-primary'. */
export function recorded(file: 'initialized' | 'final', name: string): Obj {
  const found = recording(file).find((object) => object['object'] === name);
  if (!found) throw new Error(`${name} is not in the recording`);
  return found;
}

/** The target and its config, as input.yaml says. An API server keeps a Secret's values encoded. */
export function input(): Obj[] {
  return recording('input')
    .filter(({ kind }) => kind !== 'Canary')
    .map((object) => changed(object, { metadata: { namespace: 'test', uid: `uid-${object.metadata.name}` }, ...encoded(object) }));
}

function encoded(object: Obj): JsonObject {
  const values = dig(object, 'stringData');
  if (typeof values !== 'object' || values === null) return {};
  const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')]));
  return { stringData: null, data };
}

export function see(objects: readonly Obj[], made: readonly Ref[] = madeIn(objects)): Ctx {
  const needs = (c: Ctx): ReturnType<typeof deployment.needs> => deployment.needs({ ...c, made });
  return { ...seenBy([{ needs }], canaryOf(), foundOf(objects)), made };
}

/** What the runner would have kept: the config that carries its mark. */
export function madeIn(objects: readonly Obj[]): Ref[] {
  return objects
    .filter(({ kind, metadata }) => kind !== 'Deployment' && metadata.labels?.['app.kubernetes.io/managed-by'] === 'canary')
    .map(({ apiVersion, kind, metadata: { name } }) => ({ apiVersion, kind, name }));
}

export function revision(objects: readonly Obj[], side: Side): Revision {
  const found = deployment.revision(see(objects), side);
  if (!found) throw new Error(`no revision of the ${side}`);
  return found;
}

/** The cluster after the primary was brought to what the target is now, with the ReplicaSet that its controller makes. */
export function promoted(objects: readonly Obj[]): Obj[] {
  const after = applied(objects, deployment.primary(see(objects), revision(objects, 'canary')));
  const primary = named(after, 'Deployment', 'podinfo-primary');
  return [...after.map((object) => (object === primary ? withUid(object) : object)), replicaSetOf(primary, after.length)];
}

function withUid(object: Obj): Obj {
  return changed(object, { metadata: { uid: 'uid-primary' } });
}

export function replicaSetOf(primary: Obj, no: number): Obj {
  const template = { metadata: { labels: { 'pod-template-hash': `h${no}` } } };
  const replicaSet = changed(primary, { metadata: { name: `podinfo-primary-h${no}` }, spec: { template } });
  return { ...replicaSet, kind: 'ReplicaSet', metadata: { ...replicaSet.metadata, ownerReferences: [{ uid: 'uid-primary' }] } };
}

export function named(objects: readonly Obj[], kind: string, name: string): Obj {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
}

/** The cluster with one object patched. */
export function edited(objects: readonly Obj[], name: string, patch: JsonObject): Obj[] {
  return objects.map((object) => (`${object.kind}/${object.metadata.name}` === name ? changed(object, patch) : object));
}

export function templateOf(object: Obj): JsonObject {
  return (object['spec'] as { template: JsonObject }).template;
}

/** The first eight digits of the content's hash, reckoned here. */
export function hash8(data: JsonObject, binaryData: JsonObject = {}): string {
  return digest(`{"binaryData":${JSON.stringify(binaryData)},"data":${JSON.stringify(data)}}`).slice(0, 8);
}

export function touched(changes: readonly Change[]): string[] {
  return changes.map((change) => {
    const { kind, name } = change.op === 'create' ? { kind: change.object.kind, name: change.object.metadata.name } : change.ref;
    return `${change.op} ${kind}/${name}`;
  });
}

export function configMap(name: string, data: JsonObject = {}): Obj {
  return changed(objectOf(`{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}, namespace: test}}`), { data });
}
