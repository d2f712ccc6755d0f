// The ways to one Service: directly, through the API server, by port-forward. Each is a Send; which one it is to be is decided here, once. It must
// never send a request by two ways.
import type { Dial, HttpWire, Millis, Send } from '../../ports.ts';
import { missingRights } from '../preflight.ts';
import { isLikelySite, proxyName, serviceOf, serviceText, type ServiceAddress } from './address.ts';
import { openForward, type Forward } from './forward.ts';
import { soon } from './near.ts';
import { addressesBehind, podsBehind } from './pods.ts';
import { throughProxy } from './proxy.ts';
import { once, type Room } from './room.ts';
import { lookAtService, portMeant, type ServiceFacts } from './service.ts';

export interface Way {
  readonly send: Send;
  /** For people, as soon as there is something to be told. */
  said?(): string | undefined;
}

export interface Asked {
  readonly service: ServiceAddress;
  /** Of a Role, for what is sent. */
  readonly verb: string;
  /** Why the API server's proxy cannot carry it. */
  readonly notCarried: string | undefined;
  /** The next request chooses anew. */
  forget(): void;
  /** How many other names led here. */
  readonly aliases?: number;
}

type Known = Asked & { readonly facts: ServiceFacts };

const mostAliases = 4;

export async function chooseWay(room: Room, asked: Asked): Promise<Way> {
  const { service } = asked;
  const look = await once(room.looks, `${service.namespace}/${service.name}`, () => lookAtService(room.objects, service, room.signal));
  if (look.is === 'absent') {
    room.looks.delete(`${service.namespace}/${service.name}`);
    return outside(room, asked, `there is no Service ${service.name} in namespace ${service.namespace}`);
  }
  if (look.is === 'forbidden') return unseen(room, asked, look.rule);
  const known = { ...asked, facts: look.facts };
  if (look.facts.external !== undefined) return elsewhere(room, known, look.facts.external);
  return inside(room, known);
}

async function inside(room: Room, known: Known): Promise<Way> {
  const { mode } = room;
  const why = notProxied(known);
  if (mode === 'port-forward') return forwarded(room, known);
  if (mode === 'auto') {
    const near = await nearby(room, known);
    if (near) return near;
    if (why !== undefined || !(await mayProxy(room, known))) return forwarded(room, known);
  }
  if (why !== undefined) throw new Error(`not through the API server: ${why} (--reach port-forward can do it)`);
  return proxied(room, known);
}

/** Of a headless Service the API server maps ports, its name does not. */
function notProxied({ facts, service, notCarried }: Known): string | undefined {
  if (notCarried !== undefined) return notCarried;
  const port = portMeant(facts, service);
  const isSame = !facts.isHeadless || (port !== undefined && port.target === port.port);
  return isSame ? undefined : `Service ${service.name} has no port of its own that is ${service.port} at its pods`;
}

async function mayProxy(room: Room, { service, verb }: Known): Promise<boolean> {
  const { namespace } = service;
  const right = { namespace, group: '', resource: 'services/proxy', verb, name: proxyName(service) };
  return once(room.kept, `may ${verb} ${namespace} ${proxyName(service)}`, async () => {
    // Where nobody may ask, the request itself will tell.
    return (await missingRights(room.objects, [right], room.signal).catch(() => [])).length === 0;
  });
}

function proxied(room: Room, { service }: Asked): Way {
  return { send: throughProxy(room.connection, service), said: () => 'through the API server (services/proxy)' };
}

/** What is not in the cluster, or not known to be: asked as it is. */
function outside(room: Room, { forget, service }: Asked, why: string): Way {
  return {
    async send(wire, signal) {
      try {
        return await room.http(wire, signal);
      } catch (error) {
        forget();
        const said = error instanceof Error ? error.message : String(error);
        throw isLikelySite(service) ? error : new Error(`${said}; ${why}`);
      }
    },
  };
}

/** We may not look at Services there: it may be one all the same. */
function unseen(room: Room, asked: Asked, rule: string): Way | Promise<Way> {
  const { name, namespace } = asked.service;
  const add = `not allowed to get Service ${name} in namespace ${namespace}: add the rule ${rule}`;
  if (room.mode !== 'auto' && !isLikelySite(asked.service)) {
    if (room.mode === 'port-forward' || asked.notCarried !== undefined) throw new Error(add);
    return proxied(room, asked);
  }
  return outside(room, asked, `${add}, or name another server (--metrics-url) or way (--reach)`);
}

/** As the cluster's own names do it: asked under the name that was given. */
async function elsewhere(room: Room, known: Known, external: string): Promise<Way> {
  const { service, aliases = 0 } = known;
  const address = `${service.scheme}://${external}:${service.port}`;
  // A domain of the internet is not looked for in the cluster.
  const next = external.includes('.svc') ? serviceOf(address, undefined) : undefined;
  if (next && aliases >= mostAliases)
    throw new Error(`Service ${service.name} in namespace ${service.namespace} is a name for a name for a name`);
  if (next) {
    const way = await chooseWay(room, { ...known, service: next, aliases: aliases + 1 });
    return { ...way, said: () => [`as ${serviceText(next)} (ExternalName)`, way.said?.()].filter(Boolean).join(' ') };
  }
  const dial = { host: external, port: service.port };
  return { send: (wire, signal) => room.http(ledTo(wire, dial), signal), said: () => `directly at ${external} (ExternalName)` };
}

function ledTo(wire: HttpWire, dial: Dial): HttpWire {
  return { ...wire, dial };
}

/** Only at an address that the cluster says is the Service's own; it is the one that is connected to. */
async function nearby(room: Room, known: Known): Promise<Way | undefined> {
  const { service, facts, forget } = known;
  const { host, port } = service;
  const address = await once(room.kept, `near ${host} ${serviceText(service)}`, () => soon(addressNear(room, known), undefined));
  if (address === undefined) return undefined;
  return {
    said: () => 'directly',
    async send(wire, signal) {
      try {
        return await room.http(ledTo(wire, { host: address, port }), signal);
      } catch (error) {
        // A pod comes back with another address.
        if (facts.isHeadless && room.kept.delete(`near ${host} ${serviceText(service)}`)) forget();
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

async function forwarded(room: Room, known: Known): Promise<Way> {
  const { service, facts } = known;
  const pods = (signal: AbortSignal): ReturnType<typeof podsBehind> => podsBehind(room.objects, { service, facts }, signal);
  const forward = await once(room.kept, `forward ${serviceText(service)}`, async () => {
    // Nobody to forward to is told before a port is opened.
    await pods(room.signal);
    const opened = await openForward({ upgrade: room.connection.upgrade, pods, signal: room.signal });
    room.closers.push(() => opened.close());
    if (room.signal.aborted) opened.close();
    return opened;
  });
  const said = (): string | undefined => {
    const pod = forward.pod();
    return pod && `by port-forward to pod ${pod}, 127.0.0.1:${forward.port}`;
  };
  return { send: throughForward(room, forward), said };
}

/** A moment for the other end of a broken connection to say why. */
const echo: Millis = 50;

function throughForward(room: Room, forward: Forward): Send {
  return async (wire, signal) => {
    const before = forward.trouble().times;
    try {
      return await room.http(ledTo(wire, { host: '127.0.0.1', port: forward.port }), signal);
    } catch (error) {
      if (forward.trouble().times === before) await room.clock.sleep(echo, signal);
      const { times, why } = forward.trouble();
      throw times === before || signal.aborted ? error : new Error(`by port-forward: ${why}`);
    }
  };
}
