// Which Service of a cluster an address may mean, going by its name alone. Pure; it must never resolve a name or ask a cluster.
import { isIP } from 'node:net';

export interface ServiceAddress {
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
  readonly scheme: 'http' | 'https';
  /** As the address has it. */
  readonly host: string;
}

const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Of services that several clusters share: whose they are is not said. */
const sharedDomain = 'clusterset.local';

/** One word is a Service of the namespace `home`; then svc.ns, svc.ns.svc and svc.ns.svc.cluster.local, whatever the cluster's domain. */
export function serviceOf(address: string, home: string | undefined): ServiceAddress | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, hostname, port } = new URL(address);
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  const host = hostname.replace(/\.$/, '');
  if (host === 'localhost' || host.endsWith('.localhost') || host.startsWith('[') || isIP(host)) return undefined;
  const [name = '', namespace = home, svc = 'svc', ...domain] = host.split('.');
  if (domain.join('.') === sharedDomain) return undefined;
  if (namespace === undefined || svc !== 'svc' || ![name, namespace, ...domain].every((part) => label.test(part))) return undefined;
  const scheme = protocol === 'https:' ? 'https' : 'http';
  return { name, namespace, port: Number(port) || (scheme === 'https' ? 443 : 80), scheme, host };
}

const ends =
  /\.(ai|app|at|au|be|biz|br|ca|cc|ch|cloud|cn|co|com|cz|de|dev|edu|es|eu|fi|fr|gov|in|info|int|io|it|jp|kr|me|mil|net|nl|no|org|pl|ru|se|sh|site|tech|tv|uk|us|xyz)$/;

/** Two words may be a Service in a namespace or a site of the internet; those that end like one mostly are. */
export function isLikelySite({ host }: ServiceAddress): boolean {
  return host.split('.').length === 2 && ends.test(host);
}

/** One word, and what has `svc` in it, means nothing outside. */
export function isOnlyOfCluster({ host }: ServiceAddress): boolean {
  return host.split('.').length !== 2;
}

/** What an ExternalName stands for is this cluster's only where it says so: any other domain is somebody else's. */
export function isInside(host: string): boolean {
  return /^[^.]+\.[^.]+\.svc(\.cluster\.local)?\.?$/i.test(host);
}

/** With the host as it was written, where its domain may be that of another cluster. */
export function toldAs(service: ServiceAddress): string {
  const domain = service.host.split('.').slice(3).join('.');
  return domain === '' || domain === 'cluster.local' ? serviceText(service) : `${serviceText(service)} (${service.host})`;
}

/** As people call it: prometheus.monitoring:9090 */
export function serviceText({ name, namespace, port }: Pick<ServiceAddress, 'name' | 'namespace' | 'port'>): string {
  return `${name}.${namespace}:${port}`;
}

/** As the API server's proxy calls it, in paths and in Roles: prometheus:9090, https:prometheus:9090 */
export function proxyName({ name, port, scheme }: Pick<ServiceAddress, 'name' | 'port' | 'scheme'>): string {
  return `${scheme === 'https' ? 'https:' : ''}${name}:${port}`;
}
