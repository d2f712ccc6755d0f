// By which way each Service of the cluster is reached by its in-cluster address, chosen once and told once. Requests to anything else pass untouched.
// It must never ask somebody who only has the Service's name instead of the Service.
import type { HttpWire, Send } from '../../ports.ts';
import { createObjects } from '../objects.ts';
import { reliable } from '../send.ts';
import { serviceOf, serviceText, toldAs, type ServiceAddress } from './address.ts';
import { obstacles, type Candidate } from './check.ts';
import { fromHere } from './near.ts';
import { verbOf, notCarried } from './proxy.ts';
import { once, unlessAborted, type ReachOptions, type Room, type Way } from './room.ts';
import { chooseWay } from './ways.ts';

export interface Reaching {
  readonly send: Send;
  /** What stands in the way of requests like these, in words; [] = nothing that can be known before. None of them is sent. */
  check(wires: readonly HttpWire[], signal: AbortSignal): Promise<string[]>;
  close(): void;
}

export function reaching(options: ReachOptions): Reaching {
  const life = new AbortController();
  const { clock, connection, http } = options;
  const objects = createObjects({ send: reliable(connection.send, clock), clock, namespace: '' });
  const room: Room = {
    ...{ mode: options.mode, connection, http, clock, objects, around: options.around ?? fromHere, signal: life.signal },
    ...{ looks: new Map(), kept: new Map(), told: new Set(), closers: [] },
    note: (line) => options.note(line),
  };
  return {
    async send(wire: HttpWire, signal) {
      const service = meantBy(wire);
      if (!service) return http(wire, signal);
      const way = await unlessAborted(wayFor(room, service, wire), signal);
      const said = (): void => tell(room, { service, way, wire });
      said();
      // Which pod a port leads to is known afterwards.
      return way.send(wire, signal).finally(said);
    },
    async check(wires, signal) {
      const candidates = await Promise.all(wires.map((wire) => candidateFor(room, wire, signal)));
      return obstacles(room, candidates.flat(), signal);
    },
    close() {
      life.abort(new Error('closed'));
      for (const close of room.closers.splice(0)) close();
    },
  };
}

function meantBy({ proxy, dial, url, home }: HttpWire): ServiceAddress | undefined {
  return proxy === undefined && dial === undefined ? serviceOf(url, home) : undefined;
}

async function candidateFor(room: Room, wire: HttpWire, signal: AbortSignal): Promise<Candidate[]> {
  const service = meantBy(wire);
  if (!service) return [];
  const name = wire.hidden ? undefined : toldAs(service);
  try {
    return [{ name, way: await unlessAborted(wayFor(room, service, wire), signal) }];
  } catch (error) {
    signal.throwIfAborted();
    return [{ name, way: error instanceof Error ? error.message : String(error) }];
  }
}

/** One for all requests that can go alike. */
function wayFor(room: Room, service: ServiceAddress, wire: HttpWire): Promise<Way> {
  const verb = verbOf(wire);
  const why = notCarried(wire);
  const key = `way ${service.scheme} ${service.host} ${serviceText(service)} ${verb} ${why ?? ''}`;
  const forget = (): void => void room.kept.delete(key);
  return once(room.kept, key, () => chooseWay(room, { service, verb, notCarried: why, forget }));
}

function tell(room: Room, { service, way, wire }: { service: ServiceAddress; way: Way; wire: HttpWire }): void {
  const said = way.said?.();
  if (said === undefined || wire.hidden) return;
  const line = `reach ${toldAs(service)}: ${said}`;
  if (room.told.has(line)) return;
  room.told.add(line);
  room.note(line);
}
