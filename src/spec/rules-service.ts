// The rules about spec.service: what a route of the chosen provider has no place for. Pure.
import { isObject } from '../common/json.ts';
import type { Path } from './path.ts';
import { gatewayRules } from './rules-gateway.ts';
import { isGiven, isTcp } from './ruling.ts';
import type { Ruling } from './ruling.ts';
import type { JsonObject } from './types.ts';

const httpOnly = ['rewrite', 'retries', 'timeout', 'headers', 'corsPolicy'];
const istioFields = ['delegation', 'trafficPolicy', 'match', ...httpOnly];
/** Without `mirror`, `gatewayRefs` and the like no other router has routes of its own. */
const gatewayFields = ['gatewayRefs', 'mirror', 'backendTimeout'];

export function serviceRules(ruling: Ruling): void {
  const service = ruling.spec['service'];
  const { provider } = ruling;
  if (!isObject(service) || provider === undefined) return;
  const { id } = provider;
  const by = `by the provider ${id}`;
  if (id === 'istio') return istio(service, ruling);
  if (id.startsWith('gatewayapi:')) return gateway(service, ruling);
  notUsed(service, [gatewayFields, `${by}; gatewayapi:v1 uses it`], ruling);
  const every = ['gateways', 'hosts', ...istioFields];
  if (!provider.can.split) return notUsed(service, [every, `${by}, which has no routes`], ruling);
  if (id === 'traefik') return notUsed(service, [every, `${by}: a TraefikService has no place for it`], ruling);
  notUsed(service, [istioFields, `${by}: a TrafficSplit has no place for it`], ruling);
  if (provider.mesh !== 'istio') notUsed(service, [['gateways'], `${by}${id.startsWith('smi:') ? `; ${id}:istio uses it` : ''}`], ruling);
  const { hosts } = service;
  if (Array.isArray(hosts) && hosts.length > 1) ruling.note(at('hosts'), 'only the first is used: it is the root service of the split');
}

function gateway(service: JsonObject, ruling: Ruling): void {
  gatewayRules(service, ruling);
  const by = `by the provider ${ruling.provider?.id ?? ''}`;
  notUsed(service, [['gateways'], `${by}: gatewayRefs names the Gateways`], ruling);
  notUsed(service, [['delegation', 'trafficPolicy', 'retries'], `${by}: an HTTPRoute has no place for it`], ruling);
  if (ruling.provider?.id === 'gatewayapi:v1beta1')
    notUsed(service, [['timeout', 'backendTimeout', 'corsPolicy'], `${by}; gatewayapi:v1 uses it`], ruling);
}

function istio(service: JsonObject, ruling: Ruling): void {
  const { say, note, apex } = ruling;
  if (service['delegation'] === true && (isGiven(service['hosts']) || isGiven(service['gateways']))) {
    const remove = 'remove them here and write them into the VirtualService that delegates to it, or remove delegation';
    say(at('delegation'), `VirtualService ${apex} cannot have hosts and gateways when delegation enabled; ${remove}`);
  }
  notUsed(service, [gatewayFields, 'by the provider istio; gatewayapi:v1 uses it'], ruling);
  const { rewrite } = service;
  if (isObject(rewrite) && isGiven(rewrite['type']))
    note([...at('rewrite'), 'type'], 'not used by the provider istio: its rewrite.uri takes the place of what service.match has matched');
  if (!isTcp(ruling)) return;
  if (isGiven(service['match']))
    say(at('match'), 'a TCP route (appProtocol tcp) matches no requests; remove match, or write appProtocol http');
  notUsed(service, [httpOnly, 'by a TCP route (appProtocol tcp)'], ruling);
}

function notUsed(service: JsonObject, [names, why]: [string[], string], { note }: Ruling): void {
  for (const name of names) if (isGiven(service[name])) note(at(name), `not used ${why}`);
}

function at(name: string): Path {
  return ['spec', 'service', name];
}
