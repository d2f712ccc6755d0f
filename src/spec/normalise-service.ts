// spec.service as everything else meets it. Pure; what is handed on to a mesh loses its nulls, which an API server would drop too.
import { isObject } from '../common/json.ts';
import type { ServiceSpec } from './service.ts';
import type { Json, JsonObject, Marks, Service } from './types.ts';

export function serviceOf(service: ServiceSpec, target: string): Service {
  const { targetPort, appProtocol, trafficDistribution, unmanagedMetadata: unmanaged } = service;
  return {
    name: apexOf(service.name, target),
    port: service.port,
    portName: service.portName,
    targetPort: targetPort === undefined || targetPort === 0 ? service.port : targetPort,
    ...(appProtocol === undefined || appProtocol === '' ? {} : { appProtocol }),
    portDiscovery: service.portDiscovery,
    headless: service.headless,
    ...(trafficDistribution === undefined ? {} : { trafficDistribution }),
    marks: { apex: marksOf(service.apex), primary: marksOf(service.primary), canary: marksOf(service.canary) },
    ...(unmanaged === undefined ? {} : { unmanaged: { labels: [...unmanaged.labels], annotations: [...unmanaged.annotations] } }),
    ...routingOf(service),
  };
}

export function apexOf(service: string | undefined, target: string): string {
  return service === undefined || service === '' ? target : service;
}

function marksOf(marks: ServiceSpec['apex']): Marks {
  return { labels: { ...marks?.labels }, annotations: { ...marks?.annotations } };
}

type Routing = Omit<
  Service,
  'name' | 'port' | 'portName' | 'targetPort' | 'appProtocol' | 'portDiscovery' | 'headless' | 'trafficDistribution' | 'marks' | 'unmanaged'
>;

function routingOf(service: ServiceSpec): Routing {
  const { rewrite, retries, timeout, headers, corsPolicy, trafficPolicy, backendTimeout, gatewayRefs, mirror } = service;
  return {
    gateways: [...service.gateways],
    hosts: [...service.hosts],
    delegation: service.delegation,
    match: service.match.map(handedOn),
    ...(rewrite === undefined ? {} : { rewrite: handedOn(rewrite) }),
    ...(retries === undefined ? {} : { retries: handedOn(retries) }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(headers === undefined ? {} : { headers: handedOn(headers) }),
    ...(corsPolicy === undefined ? {} : { corsPolicy: handedOn(corsPolicy) }),
    ...(trafficPolicy === undefined ? {} : { trafficPolicy: handedOn(trafficPolicy) }),
    ...(backendTimeout === undefined ? {} : { backendTimeout }),
    ...(gatewayRefs.length ? { gatewayRefs: gatewayRefs.map(handedOn) } : {}),
    ...(mirror.length ? { mirrors: mirror.map(handedOn) } : {}),
  };
}

/** A copy without what says nothing. */
export function handedOn(value: object): JsonObject {
  return clean(value as JsonObject) as JsonObject;
}

function clean(value: Json): Json {
  if (Array.isArray(value)) return value.map(clean);
  if (!isObject(value)) return value;
  const said = Object.entries(value as { [key: string]: Json | undefined }).flatMap(([key, each]) =>
    each === undefined || each === null ? [] : [[key, clean(each)] as const],
  );
  return Object.fromEntries(said);
}
