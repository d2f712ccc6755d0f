// What Services may say. It must not hand out addresses.
import type { JsonObject, Obj } from '../../../contracts.ts';
import type { Cause } from '../status.ts';
import { duplicate, forbiddenField, invalidValue, object, objects, port, required, unsupported } from './causes.ts';
import { isAddress, NOT_AN_ADDRESS } from './endpoint-slice.ts';
import { domainName, labelName, labelValues, qualifiedName } from './names.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const AFFINITIES = ['ClientIP', 'None'];
const POLICIES = ['Cluster', 'Local'];

function targetPort(field: string, value: unknown): Cause[] {
  if (typeof value === 'number') return port(field, value);
  return typeof value === 'string' && /^[a-z0-9-]{1,15}$/.test(value) && /[a-z]/.test(value)
    ? []
    : [invalidValue(field, value, 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')];
}

function onePort(list: readonly JsonObject[], at: number): Cause[] {
  const path = `spec.ports[${at}]`;
  const { name, port: number, protocol, targetPort: target, appProtocol } = list[at] ?? {};
  const isNameless = list.length > 1 && (name === undefined || name === '');
  const isTaken = name !== undefined && list.slice(0, at).some((one) => one['name'] === name);
  return [
    ...(isNameless ? [required(`${path}.name`)] : name === undefined ? [] : labelName(`${path}.name`, name)),
    ...(isTaken ? [duplicate(`${path}.name`, name)] : []),
    ...port(`${path}.port`, number),
    ...(PROTOCOLS.includes(String(protocol)) ? [] : [unsupported(`${path}.protocol`, protocol, PROTOCOLS)]),
    ...targetPort(`${path}.targetPort`, target),
    ...(typeof appProtocol === 'string' ? qualifiedName(`${path}.appProtocol`, appProtocol) : []),
  ];
}

/** A port's number and protocol tell it from the others; the server shows them in its own form, in which nothing else is set. */
function twice(list: readonly JsonObject[]): Cause[] {
  return list.flatMap(({ port: number, protocol }, at) => {
    const isTaken = list.slice(0, at).some((one) => one['port'] === number && one['protocol'] === protocol);
    const shown = `{"Name":"","Protocol":${JSON.stringify(protocol)},"AppProtocol":null,"Port":${String(number)},"TargetPort":0,"NodePort":0}`;
    return isTaken ? [{ reason: 'FieldValueDuplicate', message: `Duplicate value: ${shown}`, field: `spec.ports[${at}]` }] : [];
  });
}

/** The first port that another already has outside, as `{TCP 30000}`. */
export function doubledNodePort(next: Obj): string | undefined {
  const list = objects(object(next['spec'])['ports']);
  const doubled = list[doubles(list).indexOf(true)];
  return doubled === undefined ? undefined : `{${String(doubled['protocol'])} ${String(doubled['nodePort'])}}`;
}

function doubles(list: readonly JsonObject[]): boolean[] {
  return list.map(
    ({ nodePort, protocol }, at) =>
      nodePort !== undefined && list.slice(0, at).some((one) => one['nodePort'] === nodePort && one['protocol'] === protocol),
  );
}

function isHeadless(spec: JsonObject): boolean {
  return spec['clusterIP'] === 'None' && spec['type'] !== 'ExternalName';
}

/** An address stays; between a Service that has one and one that cannot, there is nothing to keep. */
function moved(spec: JsonObject, before: JsonObject): Cause[] {
  const [was, is] = [before['clusterIP'], spec['clusterIP']];
  if (was === undefined || spec['type'] === 'ExternalName' || (isHeadless(spec) && isHeadless(before)) || was === is) return [];
  if (is === undefined) return [invalidValue('spec.clusterIPs[0]', null, 'primary clusterIP can not be unset')];
  return [invalidValue('spec.clusterIPs[0]', spec['clusterIPs'], 'may not change once set')];
}

function typed(spec: JsonObject): Cause[] {
  const type = String(spec['type']);
  if (type === 'NodePort' || type === 'LoadBalancer') {
    return isHeadless(spec) ? [invalidValue('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`)] : [];
  }
  if (type !== 'ExternalName') return [];
  const name = spec['externalName'];
  return [
    ...(spec['clusterIP'] ? [forbiddenField('spec.clusterIPs', 'may not be set for ExternalName services')] : []),
    ...(typeof name === 'string' && name !== '' ? domainName('spec.externalName', name) : [required('spec.externalName')]),
  ];
}

function policies(spec: JsonObject): Cause[] {
  const { type, externalTrafficPolicy: external, internalTrafficPolicy: internal } = spec;
  const isOpen = type === 'NodePort' || type === 'LoadBalancer';
  const words = 'may only be set for externally-accessible services';
  return [
    ...(external === undefined || isOpen ? [] : [invalidValue('spec.externalTrafficPolicy', external, words)]),
    ...(internal === undefined || POLICIES.includes(String(internal))
      ? []
      : [unsupported('spec.internalTrafficPolicy', internal, POLICIES)]),
  ];
}

function affinity(spec: JsonObject): Cause[] {
  const value = spec['sessionAffinity'];
  return AFFINITIES.includes(String(value)) ? [] : [unsupported('spec.sessionAffinity', value, AFFINITIES)];
}

/** What the server cannot hand out an address for; it looks at this before anything else. */
export function addressCauses(next: Obj): Cause[] {
  const { clusterIP: ip, type } = object(next['spec']);
  const isGiven = typeof ip === 'string' && ip !== '' && ip !== 'None' && type !== 'ExternalName';
  return isGiven && !isAddress(ip) ? [invalidValue('spec.clusterIPs[0]', ip, NOT_AN_ADDRESS)] : [];
}

export function service(next: Obj, before: Obj | undefined): Cause[] {
  const spec = object(next['spec']);
  const list = objects(spec['ports']);
  const needsPorts = spec['type'] !== 'ExternalName' && !isHeadless(spec);
  const isClosed = spec['type'] === 'ClusterIP';
  return [
    ...moved(spec, object(before?.['spec'])),
    ...(needsPorts && list.length === 0 ? [required('spec.ports')] : []),
    ...typed(spec),
    ...list.flatMap((_, at) => onePort(list, at)),
    ...labelValues('spec.selector', spec['selector']),
    ...affinity(spec),
    ...(TYPES.includes(String(spec['type'])) ? [] : [unsupported('spec.type', spec['type'], TYPES)]),
    ...list.flatMap(({ nodePort }, at) =>
      isClosed && nodePort ? [forbiddenField(`spec.ports[${at}].nodePort`, "may not be used when `type` is 'ClusterIP'")] : [],
    ),
    ...doubles(list).flatMap((isDoubled, at) => (isDoubled ? [duplicate(`spec.ports[${at}].nodePort`, list[at]?.['nodePort'])] : [])),
    ...twice(list),
    ...policies(spec),
  ];
}
