// Port discovery: the containers' ports besides the Service's own, as ports of a Service. Reads only.
import { listAt, numberAt, textAt } from '../common/dig.ts';
import type { Ctx, Json, JsonObject, Side } from '../contracts.ts';
import { deploymentOf } from './deployment-objects.ts';

/** Containers that a mesh puts beside the user's. */
const sidecars: ReadonlySet<string> = new Set(['istio-proxy', 'envoy']);
/** What Kubernetes allows the name of a Service's port. */
const longestName = 63;

interface Port {
  readonly name: string;
  readonly protocol: string;
  readonly number: number;
}

/** The primary's come first, and stay until a promotion takes them away: it is the primary that users are on. */
export function discoveredPorts(c: Ctx): JsonObject[] {
  const { service } = c.canary;
  if (!service.portDiscovery) return [];
  const taken: Port[] = [{ name: service.portName, protocol: 'TCP', number: service.port }];
  for (const port of [...portsOf(c, 'primary'), ...portsOf(c, 'canary')]) {
    const clashes = taken.some((other) => other.name === port.name || (other.number === port.number && other.protocol === port.protocol));
    if (!clashes) taken.push(port);
  }
  return taken.slice(1).map(({ name, protocol, number }) => ({ name, protocol, port: number, targetPort: number }));
}

function portsOf(c: Ctx, side: Side): Port[] {
  const containers = listAt(deploymentOf(c, side), 'spec', 'template', 'spec', 'containers');
  return containers
    .filter((container) => !sidecars.has(textAt(container, 'name') ?? ''))
    .flatMap((container) =>
      listAt(container, 'ports').flatMap((port, no) => (isServed(c, port) ? [] : portOf(c, port, { container, no }))),
    );
}

function isServed(c: Ctx, port: Json): boolean {
  const { targetPort } = c.canary.service;
  return typeof targetPort === 'number' ? numberAt(port, 'containerPort') === targetPort : textAt(port, 'name') === targetPort;
}

function portOf(c: Ctx, port: Json, at: { container: Json; no: number }): Port[] {
  const number = numberAt(port, 'containerPort');
  const protocol = textAt(port, 'protocol') ?? 'TCP';
  const own = textAt(port, 'name');
  const ending = `-${at.no}`;
  const made = `${protocol.toLowerCase()}-${textAt(at.container, 'name') ?? ''}`.slice(0, longestName - ending.length) + ending;
  // The Service has a port of that name already: it leads elsewhere.
  const name = own === undefined || own === c.canary.service.portName ? made : own;
  return number === undefined ? [] : [{ name, protocol, number }];
}
