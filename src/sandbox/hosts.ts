// Names of hosts inside the cluster: which neighbour answers at an address, and which Service a name stands for. It must not send anything.
import type { Send } from '../ports.ts';

/** A Service, as a host name says it. */
export interface ServiceName {
  readonly name: string;
  readonly namespace: string;
}

/** 'host:port', then 'host', then '*.suffix'. */
export function neighbourAt(hosts: ReadonlyMap<string, Send>, url: URL): Send | undefined {
  const exact = hosts.get(`${url.hostname}:${portOf(url)}`) ?? hosts.get(url.hostname);
  if (exact !== undefined) return exact;
  for (const [pattern, send] of hosts) if (pattern.startsWith('*') && url.hostname.endsWith(pattern.slice(1))) return send;
  return undefined;
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

// A name of two labels may be a Service in a namespace or a site of the internet.
const SITES = /\.(ai|app|cloud|co|com|dev|edu|eu|example|gov|info|internal|invalid|io|local|localhost|me|net|org|xyz)$/;
const LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

/** 'name', 'name.namespace', 'name.namespace.svc' and 'name.namespace.svc.cluster.local'; undefined: no name of a cluster. */
export function serviceNamed(hostname: string, ownNamespace: string): ServiceName | undefined {
  const labels = hostname.replace(/\.svc(\.cluster\.local)?\.?$/, '').split('.');
  const isShort = labels.length === hostname.split('.').length;
  const [name = '', namespace = ownNamespace] = labels;
  const isSite = isShort && (hostname === 'localhost' || SITES.test(hostname));
  return labels.length > 2 || isSite || !labels.every((label) => LABEL.test(label)) ? undefined : { name, namespace };
}

/** Every name of a Service but the shortest, that only its own namespace knows. */
export function namesOf({ name, namespace }: ServiceName): string[] {
  return ['', '.svc', '.svc.cluster.local'].map((suffix) => `${name}.${namespace}${suffix}`);
}
