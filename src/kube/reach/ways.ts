// The ways to one Service: directly, through the API server, by port-forward. Each is a Send; which one it is to be is decided here, once. It must
// never send a request by two ways.
import { missingRights } from '../preflight.ts';
import type { Right } from '../rules.ts';
import { isInside, isLikelySite, isOnlyOfCluster, proxyName, serviceOf, serviceText } from './address.ts';
import { byForward } from './by-forward.ts';
import { soon } from './near.ts';
import { addressesBehind } from './pods.ts';
import { throughProxy } from './proxy.ts';
import { forgetSeen, keysOf, ledTo, once, type Asked, type Known, type Room, type Way } from './room.ts';
import { lookAtService, portMeant } from './service.ts';

const mostAliases = 4;

export async function chooseWay(room: Room, asked: Asked): Promise<Way> {
  try {
    return await chosen(room, asked);
  } catch (error) {
    forgetSeen(room, asked);
    throw error;
  }
}

async function chosen(room: Room, asked: Asked): Promise<Way> {
  const look = await once(room.looks, keysOf(asked).look, () => lookAtService(room.objects, asked.service, room.signal));
  if (look.is === 'present') {
    const known = { ...asked, facts: look.facts };
    return look.facts.external === undefined ? inside(room, known) : elsewhere(room, known, look.facts.external);
  }
  forgetSeen(room, asked);
  return look.is === 'absent' ? missing(room, asked) : unseen(room, asked, look.rule);
}

async function inside(room: Room, known: Known): Promise<Way> {
  const { mode } = room;
  portMeant(known.facts, known.service);
  const why = notProxied(known);
  if (mode === 'port-forward') return byForward(room, known);
  if (mode === 'auto') {
    const near = await nearby(room, known);
    if (near) return near;
    if (why !== undefined || !(await mayProxy(room, known))) return byForward(room, known);
  }
  if (why !== undefined) throw new Error(`not through the API server: ${why} (--reach port-forward can do it)`);
  return proxied(room, known);
}

/** Of a headless Service the API server maps ports, its name does not. A target with a name mostly is the same port, as with prometheus-operated. */
function notProxied({ facts, service, notCarried }: Known): string | undefined {
  if (notCarried !== undefined) return notCarried;
  const port = portMeant(facts, service);
  const isSame = !facts.isHeadless || (port !== undefined && (port.target === port.port || typeof port.target === 'string'));
  return isSame ? undefined : `Service ${service.name} has no port of its own that is ${service.port} at its pods`;
}

async function mayProxy(room: Room, known: Known): Promise<boolean> {
  return once(room.kept, keysOf(known).may, async () => {
    // Where nobody may ask, the request itself will tell.
    return (await missingRights(room.objects, [proxyRight(known)], room.signal).catch(() => [])).length === 0;
  });
}

function proxyRight({ service, verb }: Asked): Right {
  return { namespace: service.namespace, group: '', resource: 'services/proxy', verb, name: proxyName(service) };
}

function proxied(room: Room, asked: Asked): Way {
  return {
    send: throughProxy(room.connection, asked.service),
    said: () => 'through the API server (services/proxy)',
    needs: { by: 'through the API server', rights: [proxyRight(asked)] },
  };
}

function missing(room: Room, asked: Asked): Way {
  const { service } = asked;
  const why = `there is no Service ${service.name} in namespace ${service.namespace}`;
  if (room.mode !== 'auto' && isOnlyOfCluster(service)) throw new Error(why);
  return isLikelySite(service) ? outside(room, asked, {}) : outside(room, asked, { why, as: 'there is no such Service' });
}

/** We may not look at Services there: it may be one all the same. */
function unseen(room: Room, asked: Asked, rule: string): Way {
  const { mode } = room;
  const { host, name, namespace } = asked.service;
  const isSite = isLikelySite(asked.service);
  const add = `not allowed to get Service ${name} in namespace ${namespace}: add the rule ${rule}`;
  if (mode !== 'auto' && isSite) throw new Error(`${add} (if ${host} is a site outside the cluster: --reach auto asks it)`);
  if (mode === 'port-forward' || (mode === 'proxy' && asked.notCarried !== undefined)) throw new Error(add);
  asked.forget();
  if (mode === 'proxy') return proxied(room, asked);
  const why = `${add}, or name another server (--metrics-url) or way (--reach)`;
  return outside(room, asked, isSite ? { why } : { why, as: 'Services there may not be looked at' });
}

/** What is not in the cluster, or not known to be: asked as it is. `why` goes with what fails. */
function outside(room: Room, { forget }: Asked, { why, as }: { why?: string; as?: string }): Way {
  return {
    said: () => as && `directly, as ${as}`,
    async send(wire, signal) {
      try {
        return await room.http(wire, signal);
      } catch (error) {
        forget();
        const said = error instanceof Error ? error.message : String(error);
        throw why === undefined ? error : new Error(`${said}; ${why}`);
      }
    },
  };
}

/** As the cluster's own names do it: asked under the name that was given. */
async function elsewhere(room: Room, known: Known, external: string): Promise<Way> {
  const { service, aliases = 0 } = known;
  const address = `${service.scheme}://${external}:${service.port}`;
  // What is elsewhere is not looked for in this cluster.
  const next = isInside(external) ? serviceOf(address, undefined) : undefined;
  if (next && aliases >= mostAliases)
    throw new Error(`Service ${service.name} in namespace ${service.namespace} is a name for a name for a name`);
  if (next) {
    const way = await chooseWay(room, { ...known, service: next, aliases: aliases + 1 });
    return { ...way, said: () => [`as ${serviceText(next)} (ExternalName)`, way.said?.()].filter(Boolean).join(' ') };
  }
  const dial = { host: external, port: service.port };
  return { send: (wire, signal) => room.http(ledTo(wire, dial), signal), said: () => `directly at ${external} (ExternalName)` };
}

/** Only at an address that the cluster says is the Service's own; it is the one that is connected to. */
async function nearby(room: Room, known: Known): Promise<Way | undefined> {
  const { facts, forget } = known;
  const { port } = known.service;
  const { near } = keysOf(known);
  const address = await once(room.kept, near, () => soon(addressNear(room, known), undefined));
  if (address === undefined) return undefined;
  return {
    said: () => 'directly',
    async send(wire, signal) {
      try {
        return await room.http(ledTo(wire, { host: address, port }), signal);
      } catch (error) {
        // A pod comes back with another address.
        if (facts.isHeadless && room.kept.delete(near)) forget();
        throw error;
      }
    },
  };
}

async function addressNear(room: Room, { service, facts }: Known): Promise<string | undefined> {
  const own = await room.around.resolve(service.host);
  if (!own.length) return undefined;
  const theirs = facts.isHeadless ? await addressesBehind(room.objects, service, room.signal).catch(() => []) : facts.clusterIPs;
  const same = own.find((each) => theirs.includes(each));
  return same !== undefined && (await room.around.knock(same, service.port)) ? same : undefined;
}
