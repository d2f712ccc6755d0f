// What Services may say. It must not hand out addresses.
import type { JsonObject, Obj } from '../../../contracts.ts';
import type { Cause } from '../status.ts';
import { duplicate, forbiddenField, invalidValue, object, objects, port, required, unsupported } from './causes.ts';
import { labelName, labelValues } from './names.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

function targetPort(field: string, value: unknown): Cause[] {
  if (typeof value === 'number') return port(field, value);
  return typeof value === 'string' && /^[a-z0-9-]{1,15}$/.test(value) && /[a-z]/.test(value)
    ? []
    : [invalidValue(field, value, 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')];
}

function onePort(list: readonly JsonObject[], at: number): Cause[] {
  const path = `spec.ports[${at}]`;
  const { name, port: number, protocol, targetPort: target } = list[at] ?? {};
  const earlier = list.slice(0, at);
  const isNameless = list.length > 1 && (name === undefined || name === '');
  return [
    ...(isNameless ? [required(`${path}.name`)] : name === undefined ? [] : labelName(`${path}.name`, name)),
    ...(name !== undefined && earlier.some((one) => one['name'] === name) ? [duplicate(`${path}.name`, name)] : []),
    ...port(`${path}.port`, number),
    ...(PROTOCOLS.includes(String(protocol)) ? [] : [unsupported(`${path}.protocol`, protocol, PROTOCOLS)]),
    ...targetPort(`${path}.targetPort`, target),
    ...(earlier.some((one) => one['port'] === number && one['protocol'] === protocol) ? [duplicate(path, { port: number, protocol })] : []),
  ];
}

function address(spec: JsonObject, before: JsonObject): Cause[] {
  const was = before['clusterIP'];
  if (was === undefined || spec['type'] === 'ExternalName' || spec['clusterIP'] === was) return [];
  return [invalidValue('spec.clusterIPs[0]', spec['clusterIPs'], 'may not change once set')];
}

export function service(next: Obj, before: Obj | undefined): Cause[] {
  const spec = object(next['spec']);
  const list = objects(spec['ports']);
  const needsPorts = spec['type'] !== 'ExternalName' && spec['clusterIP'] !== 'None';
  return [
    ...(needsPorts && list.length === 0 ? [required('spec.ports')] : []),
    ...(TYPES.includes(String(spec['type'])) ? [] : [unsupported('spec.type', spec['type'], TYPES)]),
    ...list.flatMap((_, at) => onePort(list, at)),
    ...labelValues('spec.selector', spec['selector']),
    ...(spec['type'] === 'ExternalName' && !spec['externalName'] ? [required('spec.externalName')] : []),
    ...(spec['type'] === 'ExternalName' && spec['clusterIP'] && before === undefined
      ? [forbiddenField('spec.clusterIPs', 'may not be set for ExternalName services')]
      : []),
    ...address(spec, object(before?.['spec'])),
  ];
}
