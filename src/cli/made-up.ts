// What `run --sandbox` needs and the files do not give: a namespace, a target, an autoscaler, the next image. Objects only; applies nothing.
import type { Canary, Obj } from '../contracts.ts';
import type { JsonObject, Ref } from '../spec/types.ts';

/** Objects that stand in for those the files leave out. */
export function missing(canary: Canary, given: readonly Obj[]): Obj[] {
  const has = (ref: Ref): boolean =>
    given.some(
      (object) => object.kind === ref.kind && object.metadata.name === ref.name && namespaceOf(object, canary) === canary.namespace,
    );
  const objects = has(canary.targetRef) ? [] : [deployment(canary)];
  const scaler = canary.scalerRef;
  return scaler && !has(scaler) ? [...objects, autoscaler(canary, scaler)] : objects;
}

export function namespaces(objects: readonly Obj[]): Obj[] {
  const names = new Set(objects.flatMap((object) => (object.metadata.namespace ? [object.metadata.namespace] : [])));
  return [...names].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
}

/** The image of the first container: what a rollout replaces. */
export function imageOf(target: Obj): string | undefined {
  const spec = target['spec'] as { template?: { spec?: { containers?: { image?: string }[] } } } | undefined;
  return spec?.template?.spec?.containers?.[0]?.image;
}

/** stefanprodan/podinfo:3.1.0 -> :3.1.1; a tag without a number at its end gets one. */
export function nextImage(image: string): string {
  const name = image.split('@')[0] ?? image;
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  if (colon < 0) return `${name}:next`;
  const tag = name.slice(colon + 1);
  const number = /\d+$/.exec(tag)?.[0];
  if (number === undefined) return `${name}-2`;
  return `${name.slice(0, name.length - number.length)}${Number(number) + 1}`;
}

function namespaceOf(object: Obj, canary: Canary): string {
  return object.metadata.namespace ?? canary.namespace;
}

function deployment({ targetRef, namespace, service }: Canary): Obj {
  const { name } = targetRef;
  const labels = { app: name };
  const port =
    typeof service.targetPort === 'number'
      ? { name: 'http', containerPort: service.targetPort }
      : { name: service.targetPort, containerPort: service.port };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name, image: `example.com/${name}:1.0.0`, ports: [port] }] } },
    },
  };
}

function autoscaler({ targetRef, namespace }: Canary, ref: Ref): Obj {
  const scaleTargetRef: JsonObject = { apiVersion: targetRef.apiVersion, kind: targetRef.kind, name: targetRef.name };
  const metadata = { name: ref.name, namespace };
  return { apiVersion: 'autoscaling/v2', kind: ref.kind, metadata, spec: { scaleTargetRef, minReplicas: 2, maxReplicas: 4 } };
}
