// What a way to the Services that a canary names asks of the API server: metrics servers, hooks and chats. Pure; the cluster need not be in view.
import { isLikelySite, proxyName, serviceOf, serviceText, type ServiceAddress } from '../kube/reach/address.ts';
import { notCarried } from '../kube/reach/proxy.ts';
import type { Right } from '../kube/rules.ts';
import type { HttpWire, Reach } from '../ports.ts';
import type { Canary } from '../spec/types.ts';

interface Named {
  readonly service: ServiceAddress;
  /** Of a Role, for what is sent there. */
  readonly verb: 'get' | 'create';
  /** Why the API server's proxy cannot carry it. */
  readonly notCarried: string | undefined;
}

interface Sent {
  readonly address: string;
  readonly verb: Named['verb'];
  readonly insecure?: boolean;
  /** Signs in with a password or a token. */
  readonly signsIn?: boolean;
}

export function reachRights(canary: Canary, reach: Exclude<Reach, 'auto'>): { rights: Right[]; notes: string[] } {
  if (reach === 'direct') return { rights: [], notes: [] };
  const named = sentBy(canary).flatMap((sent) => namedIn(sent, canary.namespace));
  const inside = named.filter(({ service }) => !isLikelySite(service));
  const carried = reach === 'proxy' ? inside.filter(({ notCarried: why }) => why === undefined) : inside;
  return {
    rights: carried.flatMap((each) => (reach === 'proxy' ? proxyRights(each) : forwardRights(each))),
    notes: [
      ...named.filter(({ service }) => isLikelySite(service)).map(siteNote),
      ...inside.filter((each) => !carried.includes(each)).map(otherWay),
      ...(canary.alerts.some(({ found }) => found?.secret !== undefined && found.address === undefined) ? [hiddenChat] : []),
    ],
  };
}

function siteNote({ service: { host, name, namespace } }: Named): string {
  return `${host} is taken for a site outside the cluster: for Service ${name} in namespace ${namespace} write ${host}.svc`;
}

function otherWay({ service, notCarried: why }: Named): string {
  return `${serviceText(service)} cannot be asked through the API server (${why}): take --reach port-forward`;
}

const hiddenChat = 'an address that stands in a Secret is not known here: what reaching it takes is not among these rules';

/** A chat with an HTTP proxy of its own is reached by that. */
function sentBy({ metrics, hooks, alerts, metricsServer }: Canary): Sent[] {
  const servers = metrics.map(({ source }): Sent => {
    const template = source.kind === 'template' ? source.found : undefined;
    const server = { address: template?.address ?? metricsServer, verb: 'get' as const };
    return template ? { ...server, insecure: template.insecure, signsIn: template.secret !== undefined } : server;
  });
  const chats = alerts.flatMap(({ found }) => (found?.address === undefined || found.proxy ? [] : [found.address]));
  return [
    ...servers,
    ...hooks.map(({ url, insecure }): Sent => ({ address: url, verb: 'create', insecure })),
    ...chats.map((address): Sent => ({ address, verb: 'create' })),
  ];
}

function namedIn({ address, verb, insecure, signsIn }: Sent, home: string): Named[] {
  const service = serviceOf(address, home);
  if (!service) return [];
  const headers: Record<string, string> = signsIn ? { authorization: '' } : {};
  const asked = { method: verb === 'get' ? 'GET' : 'POST', url: address, headers } as const;
  const wire: HttpWire = insecure ? { ...asked, insecure: true } : asked;
  return [{ service, verb, notCarried: notCarried(wire) }];
}

function seen({ name, namespace }: ServiceAddress): Right {
  return { namespace, group: '', resource: 'services', verb: 'get', name };
}

/** The name is the one of the request's path, port and all. */
function proxyRights({ service, verb }: Named): Right[] {
  const { namespace } = service;
  return [seen(service), { namespace, group: '', resource: 'services/proxy', verb, name: proxyName(service) }];
}

/** Pods come and go under names that nobody knows beforehand. Kubernetes asks for `create` besides `get` from 1.35 on. */
function forwardRights({ service }: Named): Right[] {
  const { namespace } = service;
  const forward = (['get', 'create'] as const).map((verb): Right => ({ namespace, group: '', resource: 'pods/portforward', verb }));
  return [seen(service), { namespace, group: '', resource: 'pods', verb: 'list' }, ...forward];
}
