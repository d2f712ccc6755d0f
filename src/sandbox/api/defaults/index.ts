// What the API server fills in, by kind. It must not check anything.
import { isObject } from '../../../common/json.ts';
import type { JsonObject, Obj } from '../../../contracts.ts';
import type { KindRow } from '../../world/kinds.ts';
import type { SandboxWorld } from '../../world/types.ts';
import { fill, withEach, withField } from './fill.ts';
import { httpRouteSpec } from './http-route.ts';
import { podSpec, podTemplate, withRequests } from './pod.ts';
import { type Allocator, serviceSpec } from './service.ts';

interface Context {
  readonly before: JsonObject | undefined;
  readonly allocator: Allocator | undefined;
}

type Filling = (spec: JsonObject, context: Context) => JsonObject;

const ROLLING = { maxUnavailable: '25%', maxSurge: '25%' };

function strategy(value: JsonObject, rolling: JsonObject): JsonObject {
  const filled = fill(value, { type: 'RollingUpdate' });
  return filled['type'] === 'RollingUpdate' ? { ...filled, rollingUpdate: fill(filled['rollingUpdate'], rolling) } : filled;
}

function inherits(spec: JsonObject): JsonObject {
  return withField(spec, 'template', podTemplate);
}

const ALL_AT_ONCE = { type: 'Percent', value: 100, periodSeconds: 15 };

/** How fast an autoscaler goes, where anything is said about it. */
function behavior(value: JsonObject): JsonObject {
  const up = { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, ALL_AT_ONCE] };
  const down = { selectPolicy: 'Max', policies: [ALL_AT_ONCE] };
  return { ...value, scaleUp: fill(value['scaleUp'], up), scaleDown: fill(value['scaleDown'], down) };
}

function endpointSlice(object: JsonObject): JsonObject {
  return withEach(object, 'ports', (port) => fill(port, { name: '', protocol: 'TCP' }));
}

const SPECS: Record<string, Filling> = {
  Deployment: (spec) => {
    const filled = fill(spec, { replicas: 1, strategy: {}, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
    return inherits(withField(filled, 'strategy', (value) => strategy(value, ROLLING)));
  },
  ReplicaSet: (spec) => inherits(fill(spec, { replicas: 1 })),
  DaemonSet: (spec) => {
    const filled = fill(spec, { updateStrategy: {}, revisionHistoryLimit: 10 });
    return inherits(withField(filled, 'updateStrategy', (value) => strategy(value, { maxUnavailable: 1, maxSurge: 0 })));
  },
  Pod: (spec) =>
    withRequests(
      podSpec(
        fill(spec, { serviceAccountName: 'default', enableServiceLinks: true, preemptionPolicy: 'PreemptLowerPriority', priority: 0 }),
      ),
    ),
  Service: (spec, { before, allocator }) => serviceSpec(spec, before, allocator),
  HorizontalPodAutoscaler: (spec) => {
    const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } };
    return withField(fill(spec, { minReplicas: 1, metrics: [cpu] }), 'behavior', behavior);
  },
  Namespace: (spec) => fill(spec, { finalizers: ['kubernetes'] }),
};

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** stringData is write-only. */
function secret(object: JsonObject): JsonObject {
  const { stringData, ...rest } = object;
  const added = isObject(stringData) ? Object.entries(stringData).map(([key, value]) => [key, base64(String(value))] as const) : [];
  const data = { ...(isObject(rest['data']) ? rest['data'] : {}), ...Object.fromEntries(added) };
  return { type: 'Opaque', ...rest, ...(Object.keys(data).length > 0 ? { data } : {}) };
}

function namespace(object: JsonObject): JsonObject {
  const metadata = isObject(object['metadata']) ? object['metadata'] : {};
  return {
    ...object,
    metadata: { ...metadata, labels: fill(metadata['labels'], { 'kubernetes.io/metadata.name': metadata['name'] ?? '' }) },
  };
}

function allocatorOf(world: SandboxWorld): Allocator {
  return {
    clusterIp: () => {
      const no = world.count('cluster-ip');
      return `10.96.${Math.floor(no / 250)}.${1 + (no % 250)}`;
    },
    nodePort: () => 30_000 + world.count('node-port'),
  };
}

export interface Filled {
  readonly before?: Obj | undefined;
  /** A Service that is made through its status gets no addresses. */
  readonly isBare?: boolean;
}

export function withDefaults(world: SandboxWorld, object: Obj, { before, isBare = false }: Filled): Obj {
  const sent = object as unknown as JsonObject;
  const whole =
    object.kind === 'Secret'
      ? secret(sent)
      : object.kind === 'Namespace'
        ? namespace(sent)
        : object.kind === 'EndpointSlice'
          ? endpointSlice(sent)
          : sent;
  const filling = SPECS[object.kind];
  if (filling === undefined) return whole as unknown as Obj;
  const earlier = before?.['spec'];
  const context = { before: isObject(earlier) ? earlier : undefined, allocator: isBare ? undefined : allocatorOf(world) };
  return { ...whole, spec: filling(isObject(whole['spec']) ? whole['spec'] : {}, context) } as unknown as Obj;
}

/** What a CustomResourceDefinition's schema fills in; only that of HTTPRoute is known. */
export function withSchema({ group, kind }: KindRow, object: Obj): Obj {
  const { spec } = object;
  const isKnown = group === 'gateway.networking.k8s.io' && kind === 'HTTPRoute';
  return isKnown && isObject(spec) ? { ...object, spec: httpRouteSpec(spec) } : object;
}
