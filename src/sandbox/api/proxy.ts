// The API server's way to a Service: /api/v1/namespaces/NS/services/[scheme:]NAME[:PORT]/proxy/PATH. It must not answer for the Service.
import { isObject } from '../../common/json.ts';
import type { Obj } from '../../contracts.ts';
import type { Send, WireReply } from '../../ports.ts';
import { namesOf, neighbourAt, type ServiceName } from '../hosts.ts';
import { storedAs } from '../world/kinds.ts';
import type { SandboxWorld } from '../world/types.ts';
import { checkAccess } from './access.ts';
import type { ApiRequest, Verb } from './route.ts';
import { notFound, unavailable } from './status.ts';

const proxyPath = /^\/api\/v1\/namespaces\/([^/]+)\/services\/(?:(https?):)?([^/:]+)(?::([^/:]*))?\/proxy(\/.*)?$/;

const VERBS: Record<ApiRequest['method'], Verb> = { GET: 'get', POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/** Undefined: the path is none of the proxy. Throws the refusals of the API server itself. */
export function proxied(world: SandboxWorld, request: ApiRequest, signal: AbortSignal): Promise<WireReply> | undefined {
  const found = proxyPath.exec(request.path);
  if (!found) return undefined;
  const [, namespace = '', scheme = 'http', name = '', port = '', path = '/'] = found;
  const row = world.row('Service');
  checkAccess(world, { row, namespace, name, subresource: 'proxy' }, { verb: VERBS[request.method] });
  const service = world.store.get(storedAs(row), namespace, name);
  if (service === undefined) throw notFound(row, name);
  const query = request.query.size > 0 ? `?${request.query.toString()}` : '';
  const url = `${scheme}://${name}.${namespace}:${portNumber(service, port)}${path}${query}`;
  // As the real one: it has used up the sign-in data of the request.
  const { authorization: _, host: __, ...headers } = request.headers;
  const { method, body } = request;
  return behind(world, { name, namespace })({ method, url, headers, ...(body === undefined ? {} : { body }) }, signal);
}

function portNumber(service: Obj, asked: string): number {
  const spec = isObject(service['spec']) ? service['spec'] : {};
  const ports = (Array.isArray(spec['ports']) ? spec['ports'] : []).filter(isObject);
  const found = asked === '' && ports.length === 1 ? ports[0] : ports.find(({ name, port }) => name === asked || String(port) === asked);
  if (typeof found?.['port'] !== 'number') throw unavailable(`no service port "${asked}" found for service "${service.metadata.name}"`);
  return found['port'];
}

function behind(world: SandboxWorld, service: ServiceName): Send {
  for (const name of namesOf(service)) {
    const send = neighbourAt(world.hosts, new URL(`http://${name}`));
    if (send) return send;
  }
  throw unavailable(`no endpoints available for service "${service.name}"`);
}
