// The rules about spec.service: what a route of the chosen provider has no place for. Pure.
import { isObject } from '../common/json.ts';
import type { Path } from './path.ts';
import { isGiven, isTcp } from './ruling.ts';
import type { Ruling } from './ruling.ts';
import type { JsonObject } from './types.ts';

const httpOnly = ['rewrite', 'retries', 'timeout', 'headers', 'corsPolicy'];
const istioOnly = ['delegation', 'trafficPolicy', 'match', ...httpOnly];

export function serviceRules(ruling: Ruling): void {
  const service = ruling.spec['service'];
  const { provider } = ruling;
  if (!isObject(service) || provider === undefined) return;
  if (provider.id === 'istio') return istio(service, ruling);
  if (!provider.can.split) {
    return notUsed(service, [['gateways', 'hosts', ...istioOnly], `by the provider ${provider.id}, which has no routes`], ruling);
  }
  notUsed(service, [istioOnly, `by the provider ${provider.id}: a TrafficSplit has no place for it`], ruling);
  if (provider.mesh !== 'istio') {
    const why = `by the provider ${provider.id}${provider.id.startsWith('smi:') ? `; ${provider.id}:istio uses it` : ''}`;
    notUsed(service, [['gateways'], why], ruling);
  }
  const { hosts } = service;
  if (Array.isArray(hosts) && hosts.length > 1) ruling.note(at('hosts'), 'only the first is used: it is the root service of the split');
}

function istio(service: JsonObject, ruling: Ruling): void {
  const { say, note, apex } = ruling;
  if (service['delegation'] === true && (isGiven(service['hosts']) || isGiven(service['gateways']))) {
    const remove = 'remove them here and write them into the VirtualService that delegates to it, or remove delegation';
    say(at('delegation'), `VirtualService ${apex} cannot have hosts and gateways when delegation enabled; ${remove}`);
  }
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
