// The controller of Gateways: tells in an HTTPRoute's status which of its parents have taken it, and whether all that it leads to is there. It speaks of
// Gateways that exist; of any other nobody would.
import { isObject } from '../../../common/json.ts';
import type { JsonObject, Obj } from '../../../contracts.ts';
import type { Condition } from '../shapes.ts';
import { timestamp } from '../time.ts';
import type { SandboxWorld } from '../types.ts';
import { transitioned } from './conditions.ts';
import { type Controller, keyOfEvent, splitKey } from './controller.ts';

const GATEWAY = 'Gateway.gateway.networking.k8s.io';
const CLASS = 'GatewayClass.gateway.networking.k8s.io';

function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function specOf(object: Obj | undefined): JsonObject {
  return isObject(object?.['spec']) ? object['spec'] : {};
}

/** Undefined: nobody speaks for this parent. */
function controllerOf(world: SandboxWorld, route: Obj, parent: JsonObject): string | undefined {
  const { group = 'gateway.networking.k8s.io', kind = 'Gateway', name, namespace = route.metadata.namespace } = parent;
  if (group !== 'gateway.networking.k8s.io' || kind !== 'Gateway') return undefined;
  const gateway = world.get(GATEWAY, String(namespace), String(name));
  if (!gateway) return undefined;
  const { controllerName } = specOf(world.get(CLASS, undefined, String(specOf(gateway)['gatewayClassName'])));
  return typeof controllerName === 'string' ? controllerName : 'sandbox.example.com/gateway-controller';
}

/** The first Service that a rule leads to and that is not there. */
function missingBackend(world: SandboxWorld, route: Obj): string | undefined {
  const { namespace } = route.metadata;
  const names = objectsIn(specOf(route)['rules']).flatMap((rule) => objectsIn(rule['backendRefs']).map(({ name }) => String(name)));
  return names.find((name) => !world.get('Service', namespace, name));
}

function conditionsFor(world: SandboxWorld, route: Obj): (Condition & { message: string })[] {
  const missing = missingBackend(world, route);
  const resolved = missing === undefined ? { status: 'True', reason: 'ResolvedRefs' } : { status: 'False', reason: 'BackendNotFound' };
  return [
    { type: 'Accepted', status: 'True', reason: 'Accepted', message: '' },
    { type: 'ResolvedRefs', ...resolved, message: missing === undefined ? '' : `Service ${missing} is not there` } as Condition & {
      message: string;
    },
  ];
}

function parentStatus(world: SandboxWorld, route: Obj, parentRef: JsonObject): JsonObject[] {
  const controllerName = controllerOf(world, route, parentRef);
  if (controllerName === undefined) return [];
  const standing = objectsIn(isObject(route['status']) ? route['status']['parents'] : undefined).find(
    (each) => JSON.stringify(each['parentRef']) === JSON.stringify(parentRef),
  );
  const now = timestamp(world.clock.now());
  const conditions = transitioned(standing?.['conditions'] as readonly Condition[] | undefined, conditionsFor(world, route), now);
  const observedGeneration = route.metadata.generation ?? 1;
  return [{ parentRef, controllerName, conditions: conditions.map((condition) => ({ ...condition, observedGeneration })) }];
}

function reconcile(key: string, world: SandboxWorld): void {
  const [namespace, name] = splitKey(key);
  const route = world.get('HTTPRoute', namespace, name);
  if (!route) return;
  const parents = objectsIn(specOf(route)['parentRefs']).flatMap((parent) => parentStatus(world, route, parent));
  if (parents.length) world.store.update(world.row('HTTPRoute'), { ...route, status: { parents } });
}

function everyRoute(world: SandboxWorld, namespace?: string): string[] {
  if (!world.kinds.some(({ kind }) => kind === 'HTTPRoute')) return [];
  return world.list('HTTPRoute', namespace).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
}

export const gateway: Controller = {
  id: 'gateway',
  on: {
    HTTPRoute: keyOfEvent,
    Gateway: (_event, world) => everyRoute(world),
    GatewayClass: (_event, world) => everyRoute(world),
    Service: ({ after }, world) => everyRoute(world, after.metadata.namespace),
  },
  reconcile,
};
