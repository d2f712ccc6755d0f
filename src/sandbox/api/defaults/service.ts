// Defaults of Services, with the addresses that the API server hands out. It must not check anything.
import { equal, isObject } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../contracts.ts';
import { fill } from './fill.ts';

export interface Allocator {
  clusterIp(): string;
  nodePort(): number;
}

const INSIDE = ['ClusterIP', 'NodePort', 'LoadBalancer'];
const OUTSIDE = ['ExternalName'];
const OPEN = ['NodePort', 'LoadBalancer'];

function isOf(types: readonly string[], spec: JsonObject | undefined): boolean {
  return types.includes(String(spec?.['type']));
}

function without(spec: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(spec).filter(([field]) => !fields.includes(field))) as JsonObject;
}

function list(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function earlierPort(before: JsonObject | undefined, port: JsonObject): JsonObject | undefined {
  return list(before?.['ports']).find((one) => one['port'] === port['port'] && one['protocol'] === port['protocol']);
}

/** What the sender did not say, whatever the Service was. */
function withDefaults(value: JsonObject): JsonObject {
  const spec = fill(value, { type: 'ClusterIP', sessionAffinity: 'None' });
  const affinity = spec['sessionAffinity'];
  if (affinity === 'None') delete spec['sessionAffinityConfig'];
  if (affinity === 'ClientIP') spec['sessionAffinityConfig'] ??= { clientIP: { timeoutSeconds: 10_800 } };
  if (isOf(INSIDE, spec)) spec['internalTrafficPolicy'] ??= 'Cluster';
  if (isOf(OUTSIDE, spec)) delete spec['internalTrafficPolicy'];
  if (isOf(OPEN, spec)) spec['externalTrafficPolicy'] ??= 'Cluster';
  if (isOf(['LoadBalancer'], spec)) spec['allocateLoadBalancerNodePorts'] ??= true;
  const ports = list(spec['ports']).map((port) => {
    const filled = fill(port, { protocol: 'TCP' });
    const target = filled['targetPort'];
    return target === undefined || target === 0 || target === '' ? { ...filled, targetPort: filled['port'] ?? 0 } : filled;
  });
  return ports.length === 0 ? without(spec, ['ports']) : { ...spec, ports };
}

const OF_ADDRESS = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'];

/** What went with the type that it was, and was left standing by the sender. */
function withoutOld(spec: JsonObject, before: JsonObject | undefined): JsonObject {
  const isLeft = (field: string): boolean => before !== undefined && equal(spec[field] ?? null, before[field] ?? null);
  const dropped: string[] = [];
  if (isOf(OUTSIDE, spec)) dropped.push(...OF_ADDRESS.filter(isLeft));
  if (isOf(OPEN, before) && !isOf(OPEN, spec)) dropped.push(...['externalTrafficPolicy'].filter(isLeft));
  const field = 'allocateLoadBalancerNodePorts';
  if (isOf(['LoadBalancer'], before) && !isOf(['LoadBalancer'], spec) && isLeft(field)) dropped.push(field);
  const kept = without(spec, dropped);
  if (!isOf(OPEN, before) || isOf(OPEN, spec) || kept['ports'] === undefined) return kept;
  return {
    ...kept,
    ports: list(kept['ports']).map((port) =>
      earlierPort(before, port)?.['nodePort'] === port['nodePort'] ? without(port, ['nodePort']) : port,
    ),
  };
}

/** Made with a Service, or when it stops to be a name only; one that has none otherwise never gets any. */
function address(spec: JsonObject, before: JsonObject | undefined, allocator: Allocator): JsonObject {
  const isFirst = before === undefined || isOf(OUTSIDE, before);
  const ip = spec['clusterIP'] ?? (isFirst ? allocator.clusterIp() : before['clusterIP']);
  const families = { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' };
  if (ip === undefined) return families;
  const all = spec['clusterIPs'];
  const isStale = ip !== before?.['clusterIP'] && equal(all ?? null, before?.['clusterIPs'] ?? null);
  return { clusterIP: ip, clusterIPs: all === undefined || isStale ? [ip] : all, ...families };
}

/** Of a new Service: ports of one number share what they are handed. */
function firstNodePorts(ports: readonly JsonObject[], allocator: Allocator): JsonObject[] {
  const handed = new Map<unknown, Json>();
  for (const { port, nodePort } of [...ports].reverse()) if (nodePort) handed.set(port, nodePort);
  return ports.map((port) => {
    const nodePort = port['nodePort'] ?? handed.get(port['port']) ?? allocator.nodePort();
    if (!handed.has(port['port'])) handed.set(port['port'], nodePort);
    return { ...port, nodePort };
  });
}

/** Of one that changes: a port keeps what its name had, whatever its number. */
function nextNodePorts(ports: readonly JsonObject[], before: JsonObject, allocator: Allocator): JsonObject[] {
  const earlier = isOf(OPEN, before) ? list(before['ports']) : [];
  const isKept = (nodePort: Json | undefined): boolean => ports.some((port) => port['nodePort'] === nodePort);
  return ports.map((port) => {
    const was = earlier.findLast((one) => (one['name'] ?? '') === (port['name'] ?? ''))?.['nodePort'];
    return { ...port, nodePort: port['nodePort'] ?? (was === undefined || isKept(was) ? allocator.nodePort() : was) };
  });
}

function withNodePorts(spec: JsonObject, before: JsonObject | undefined, allocator: Allocator): JsonObject {
  const ports = list(spec['ports']);
  if (!isOf(OPEN, spec) || ports.length === 0) return spec;
  return { ...spec, ports: before === undefined ? firstNodePorts(ports, allocator) : nextNodePorts(ports, before, allocator) };
}

/** Without an allocator no addresses are handed out. */
export function serviceSpec(value: JsonObject, before: JsonObject | undefined, allocator: Allocator | undefined): JsonObject {
  const spec = withoutOld(withDefaults(value), before);
  if (allocator === undefined || isOf(OUTSIDE, spec)) return spec;
  return withNodePorts({ ...spec, ...address(spec, before, allocator) }, before, allocator);
}
