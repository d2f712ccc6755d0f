// What `run --sandbox` needs and the files do not give: a namespace, a target, an autoscaler, config, the next image. Objects only; applies
// nothing.
import { isObject } from '../common/json.ts';
import type { Canary, Obj } from '../contracts.ts';
import { configOf, type Config } from './config-names.ts';
import type { JsonObject, Ref } from '../spec/types.ts';

/** Objects that stand in for those the files leave out. */
export function missing(canary: Canary, given: readonly Obj[]): Obj[] {
  const has = (ref: Ref): boolean => find(given, ref, canary) !== undefined;
  const target = find(given, canary.targetRef, canary);
  const scaler = canary.scalerRef;
  return [
    ...(target ? [] : [deployment(canary)]),
    ...(scaler && !has(scaler) ? [autoscaler(canary, scaler)] : []),
    ...(canary.provider === 'istio' && canary.service.delegation && !given.some(delegates) ? [entrance(canary)] : []),
    ...gateways(canary).filter((gateway) => !given.some((object) => isSame(object, gateway, canary))),
    ...configOf(target)
      .filter(({ kind, name }) => !has({ apiVersion: 'v1', kind, name }))
      .map((each) => config(each, canary.namespace)),
  ];
}

/** A VirtualService that hands requests on to others. */
function delegates({ kind, ...object }: Obj): boolean {
  const spec = isObject(object['spec']) ? object['spec'] : {};
  const routes = Array.isArray(spec['http']) ? spec['http'] : [];
  return kind === 'VirtualService' && routes.some((route) => isObject(route) && route['delegate'] !== undefined);
}

/** What leads to a VirtualService that names no hosts of its own (delegation). */
function entrance({ namespace, service: { name } }: Canary): Obj {
  const spec = { hosts: [name], http: [{ delegate: { name, namespace } }] };
  return { apiVersion: 'networking.istio.io/v1beta1', kind: 'VirtualService', metadata: { name: `${name}-entrance`, namespace }, spec };
}

/** Those that the route is for: where none of them stands, nobody says that it has taken the route. */
function gateways({ provider, service, namespace: own }: Canary): Obj[] {
  const group = 'gateway.networking.k8s.io';
  const refs = provider.startsWith('gatewayapi:') ? (service.gatewayRefs ?? []) : [];
  return refs
    .filter((ref) => (ref['kind'] || 'Gateway') === 'Gateway' && (ref['group'] || group) === group)
    .map(({ name, namespace }) => ({
      apiVersion: `${group}/v1`,
      kind: 'Gateway',
      metadata: { name: String(name), namespace: String(namespace || own) },
      spec: { gatewayClassName: 'sandbox', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
    }));
}

/** In whichever version of its group. */
function isSame(object: Obj, other: Obj, canary: Canary): boolean {
  const names = [object, other].map((each) =>
    [each.apiVersion.split('/')[0], each.kind, each.metadata.name, namespaceOf(each, canary)].join(),
  );
  return names[0] === names[1];
}

function find(given: readonly Obj[], ref: Ref, canary: Canary): Obj | undefined {
  return given.find(
    (object) => object.kind === ref.kind && object.metadata.name === ref.name && namespaceOf(object, canary) === canary.namespace,
  );
}

function config({ kind, name, keys }: Config, namespace: string): Obj {
  const values = Object.fromEntries([...keys].map((key) => [key, 'made-up']));
  const data = kind === 'Secret' ? { type: 'Opaque', data: encoded(values) } : { data: values };
  return { apiVersion: 'v1', kind, metadata: { name, namespace }, ...data };
}

/** As a Secret holds it. */
export function encoded(values: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
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

/** stefanprodan/podinfo:3.1.0 -> :3.1.1; a tag without a number at its end gets one, and an image without a tag gets a tag. */
export function nextImage(image: string): string {
  const name = image.split('@')[0] ?? image;
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  if (colon < 0) return `${name}:next`;
  const tag = name.slice(colon + 1);
  const number = /\d+$/.exec(tag)?.[0];
  if (number === undefined) return `${name}-2`;
  const next = String(BigInt(number) + 1n).padStart(number.length, '0');
  return `${name.slice(0, name.length - number.length)}${next}`;
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
