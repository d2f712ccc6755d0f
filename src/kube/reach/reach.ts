// By which way each Service of the cluster is reached by its in-cluster address, chosen once and told once. Requests to anything else pass untouched.
// It must never ask somebody who only has the Service's name instead of the Service.
import type { HttpWire, Send } from '../../ports.ts';
import { createObjects } from '../objects.ts';
import { ending } from '../pause.ts';
import { serviceOf, serviceText, type ServiceAddress } from './address.ts';
import { fromHere } from './near.ts';
import { verbOf, notCarried } from './proxy.ts';
import { once, type ReachOptions, type Room } from './room.ts';
import { chooseWay, type Way } from './ways.ts';
import { reliable } from '../send.ts';

export interface Reaching {
  readonly send: Send;
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
      const service = wire.proxy === undefined && wire.dial === undefined ? serviceOf(wire.url, wire.home) : undefined;
      if (!service) return http(wire, signal);
      const way = await unlessAborted(wayFor(room, service, wire), signal);
      const said = (): void => tell(room, { service, way, wire });
      said();
      // Which pod a port leads to is known afterwards.
      return way.send(wire, signal).finally(said);
    },
    close() {
      life.abort(new Error('closed'));
      for (const close of room.closers.splice(0)) close();
    },
  };
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
  const line = `reach ${serviceText(service)}: ${said}`;
  if (room.told.has(line)) return;
  room.told.add(line);
  room.note(line);
}

/** The choice itself goes on: others may wait for it. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const tie = ending(signal);
  try {
    return await Promise.race([work, refused(tie.signal)]);
  } finally {
    tie.end();
  }
}

function refused(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(new Error('stopped'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
