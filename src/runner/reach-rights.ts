// What a way to the Services that a canary names asks of the API server: metrics servers, hooks and chats. Pure; the cluster need not be in view.
import { isLikelySite, proxyName, serviceOf, type ServiceAddress } from '../kube/reach/address.ts';
import type { Right } from '../kube/rules.ts';
import type { Reach } from '../ports.ts';
import type { Canary } from '../spec/types.ts';

interface Named {
  readonly service: ServiceAddress;
  /** Of a Role, for what is sent there. */
  readonly verb: 'get' | 'create';
}

export function reachRights(canary: Canary, reach: Exclude<Reach, 'auto'>): { rights: Right[]; notes: string[] } {
  if (reach === 'direct') return { rights: [], notes: [] };
  const named = servicesOf(canary);
  const inside = named.filter(({ service }) => !isLikelySite(service));
  return {
    rights: inside.flatMap((each) => (reach === 'proxy' ? proxyRights(each) : forwardRights(each))),
    notes: named
      .filter(({ service }) => isLikelySite(service))
      .map(
        ({ service }) =>
          `${service.host} is taken for a site outside the cluster: for Service ${service.name} in namespace ${service.namespace} write ${service.host}.svc`,
      ),
  };
}

function servicesOf(canary: Canary): Named[] {
  const { metrics, hooks, alerts, metricsServer, namespace } = canary;
  const servers = metrics.map(({ source }) => (source.kind === 'template' ? (source.found?.address ?? metricsServer) : metricsServer));
  const asked = servers.map((address) => ({ address, verb: 'get' as const }));
  const chats = alerts.flatMap(({ found }) => (found?.address === undefined ? [] : [found.address]));
  const posted = [...hooks.map(({ url }) => url), ...chats].map((address) => ({ address, verb: 'create' as const }));
  return [...asked, ...posted].flatMap(({ address, verb }) => {
    const service = serviceOf(address, namespace);
    return service ? [{ service, verb }] : [];
  });
}

function seen({ name, namespace }: ServiceAddress): Right {
  return { namespace, group: '', resource: 'services', verb: 'get', name };
}

/** The name is the one of the request's path, port and all. */
function proxyRights({ service, verb }: Named): Right[] {
  const { namespace } = service;
  return [seen(service), { namespace, group: '', resource: 'services/proxy', verb, name: proxyName(service) }];
}

/** Pods come and go under names that nobody knows beforehand. Kubernetes asks for `get` up to 1.34 and for `create` from 1.35 on. */
function forwardRights({ service }: Named): Right[] {
  const { namespace } = service;
  const forward = (['get', 'create'] as const).map((verb): Right => ({ namespace, group: '', resource: 'pods/portforward', verb }));
  return [seen(service), { namespace, group: '', resource: 'pods', verb: 'list' }, ...forward];
}
