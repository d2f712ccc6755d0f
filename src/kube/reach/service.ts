// What a Service says about the way to it: its addresses, ports and pods. Foreign input, read with care. It must never choose the way.
import { isObject } from '../../common/json.ts';
import type { Json, JsonObject, Obj } from '../../contracts.ts';
import { asCanaryError } from '../api-error.ts';
import type { Objects } from '../objects.ts';
import { serviceText, type ServiceAddress } from './address.ts';

export interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly target: number | string;
}

export interface ServiceFacts {
  readonly clusterIPs: readonly string[];
  /** Its name leads to its pods, port by port the same. */
  readonly isHeadless: boolean;
  /** ExternalName: another name for what is elsewhere. */
  readonly external?: string;
  readonly ports: readonly ServicePort[];
  /** Undefined: somebody else lists its endpoints. */
  readonly selector?: Readonly<Record<string, string>>;
}

export type ServiceLook = { is: 'present'; facts: ServiceFacts } | { is: 'absent' } | { is: 'forbidden'; rule: string };

export async function lookAtService(objects: Objects, { name, namespace }: ServiceAddress, signal: AbortSignal): Promise<ServiceLook> {
  const look = await told(objects.get({ apiVersion: 'v1', kind: 'Service', namespace, name }, signal));
  if (look.is === 'present') return { is: 'present', facts: factsOf(look.object) };
  if (look.is !== 'no-such-kind') return look;
  // Every API server serves Services and names the one that it misses: this was a load balancer, or a server of another kind.
  throw new Error(
    `the API server's answer about Service ${name} in namespace ${namespace} is not understood: HTTP 404 that names no Service`,
  );
}

/** With a missing right as people are told of it. */
export async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asCanaryError(error) ?? error;
  }
}

function factsOf(object: Obj): ServiceFacts {
  const spec = isObject(object['spec']) ? object['spec'] : {};
  const ips = [...list(spec['clusterIPs']), spec['clusterIP']].filter((each): each is string => typeof each === 'string');
  const external = spec['type'] === 'ExternalName' ? spec['externalName'] : undefined;
  const selector = isObject(spec['selector']) ? strings(spec['selector']) : {};
  return {
    clusterIPs: [...new Set(ips)].filter((each) => each !== '' && each !== 'None'),
    isHeadless: ips.includes('None'),
    ...(typeof external === 'string' ? { external } : {}),
    ports: list(spec['ports']).filter(isObject).flatMap(portFrom),
    ...(Object.keys(selector).length ? { selector } : {}),
  };
}

function portFrom({ name, port, targetPort }: JsonObject): ServicePort[] {
  if (typeof port !== 'number') return [];
  const target = typeof targetPort === 'number' || typeof targetPort === 'string' ? targetPort : port;
  return [{ name: typeof name === 'string' ? name : '', port, target: target || port }];
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function strings(value: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** The port that an address means. Undefined: of a headless Service, whose pods answer at ports that it need not know. */
export function portMeant(facts: ServiceFacts, service: ServiceAddress): ServicePort | undefined {
  const known = facts.ports.find(({ port }) => port === service.port);
  if (known || facts.isHeadless) return known;
  const others = facts.ports.map(({ port }) => port).join(', ');
  throw new Error(
    `Service ${service.name} in namespace ${service.namespace} has no port ${service.port}${others ? `, only ${others}` : ''}: mend the address (${serviceText(service)})`,
  );
}
