// Defaults of Services, with the addresses that the API server hands out. It must not check anything.
import { isObject } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../contracts.ts';
import { fill } from './fill.ts';

export interface Allocator {
  clusterIp(): string;
  nodePort(): number;
}

function sameNodePort(before: JsonObject | undefined, port: JsonObject): Json | undefined {
  const ports = before?.['ports'];
  const earlier = Array.isArray(ports) ? ports.find((one) => isObject(one) && one['port'] === port['port']) : undefined;
  return isObject(earlier) ? earlier['nodePort'] : undefined;
}

function ports(spec: JsonObject, before: JsonObject | undefined, nodePort: (() => number) | undefined): Json[] {
  const list = Array.isArray(spec['ports']) ? spec['ports'] : [];
  return list.map((port) => {
    if (!isObject(port)) return port;
    const filled = fill(port, { protocol: 'TCP', targetPort: port['port'] ?? 0 });
    if (nodePort === undefined || port['nodePort'] !== undefined) return filled;
    return { ...filled, nodePort: sameNodePort(before, port) ?? nodePort() };
  });
}

function address(spec: JsonObject, before: JsonObject | undefined, allocator: Allocator): JsonObject {
  const ip = spec['clusterIP'] ?? (before?.['type'] === 'ExternalName' ? undefined : before?.['clusterIP']) ?? allocator.clusterIp();
  return { clusterIP: ip, clusterIPs: spec['clusterIPs'] ?? [ip] };
}

function withPorts(spec: JsonObject, list: Json[]): JsonObject {
  return list.length > 0 ? { ...spec, ports: list } : spec;
}

export function serviceSpec(value: JsonObject, before: JsonObject | undefined, allocator: Allocator): JsonObject {
  const spec = fill(value, { type: 'ClusterIP', sessionAffinity: 'None' });
  if (spec['sessionAffinity'] === 'ClientIP' && spec['sessionAffinityConfig'] === undefined) {
    spec['sessionAffinityConfig'] = { clientIP: { timeoutSeconds: 10_800 } };
  }
  if (spec['type'] === 'ExternalName') return withPorts(spec, ports(spec, before, undefined));
  const isOpen = spec['type'] === 'NodePort' || spec['type'] === 'LoadBalancer';
  const open: JsonObject = isOpen ? { externalTrafficPolicy: 'Cluster' } : {};
  if (spec['type'] === 'LoadBalancer') open['allocateLoadBalancerNodePorts'] = true;
  const list = ports(spec, before, isOpen ? allocator.nodePort : undefined);
  return {
    ...open,
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    internalTrafficPolicy: 'Cluster',
    ...spec,
    ...address(spec, before, allocator),
    ...(list.length > 0 ? { ports: list } : {}),
  };
}
