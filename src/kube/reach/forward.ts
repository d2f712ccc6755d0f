// A port of this machine's loopback that leads to a pod behind a Service, each connection through a WebSocket of its own. It must never keep the
// process alive, and never outlive it.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { cleanText } from '../../common/clean.ts';
import { CanaryError } from '../../errors.ts';
import { NoAnswerError, refusalOf } from '../api-error.ts';
import { channelProtocol, isGone, join, listenTo, type Local } from './channel.ts';
import type { Clock, HttpWire, Millis, Send } from '../../ports.ts';
import type { PodPort } from './pods.ts';
import type { WebSocket } from './socket.ts';
import { missingRight } from './words.ts';
import type { Connection } from '../transport.ts';

export interface Forward {
  readonly port: number;
  /** Whom the last connection led to. */
  pod(): string | undefined;
  /** How many connections have begun. */
  begun(): number;
  /** The last trouble of a connection that began after so many: of which one in all (0: none), and why. */
  trouble(after?: number): { readonly times: number; readonly why: string };
  close(): void;
}

export interface ForwardOptions {
  readonly upgrade: Connection['upgrade'];
  /** Who can be forwarded to now; throws in words. */
  pods(signal: AbortSignal): Promise<readonly PodPort[]>;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

interface Trouble {
  /** Of all of them. */
  readonly times: number;
  readonly why: string;
  /** Which connection it befell. */
  readonly connection: number;
}

interface Room extends ForwardOptions {
  last: PodPort | undefined;
  readonly locals: Set<Socket>;
  begun: number;
  /** The latest ones. */
  troubles: readonly Trouble[];
}

/** So many pods are tried for one connection. */
const mostPods = 3;
const mostTroubles = 32;

export async function openForward(options: ForwardOptions): Promise<Forward> {
  const room: Room = {
    upgrade: options.upgrade,
    pods: options.pods,
    signal: options.signal,
    last: undefined,
    locals: new Set(),
    begun: 0,
    troubles: [],
  };
  const server = createServer((local) => void serve(room, local));
  server.unref();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    pod: () => room.last?.pod,
    begun: () => room.begun,
    trouble: (after = 0) => room.troubles.findLast(({ connection }) => connection > after) ?? { times: 0, why: '' },
    close: () => close(server, room),
  };
}

/** A moment for the other end of a broken connection to say why. */
const echo: Millis = 50;

/** A request by it. Why its connection was cut off is only known here, and of several that run at once not which one's it was. */
export function throughForward({ http, clock }: { http: Send; clock: Clock }, forward: Forward): Send {
  return async (wire, signal) => {
    const begun = forward.begun();
    try {
      return await http({ ...wire, dial: { host: '127.0.0.1', port: forward.port } } as HttpWire, signal);
    } catch (error) {
      if (signal.aborted || !isCutOff(error)) throw error;
      if (!forward.trouble(begun).times) await clock.sleep(echo, signal);
      const { times, why } = forward.trouble(begun);
      throw times && !signal.aborted ? new Error(`${error.message}; by port-forward: ${why}`) : error;
    }
  };
}

/** As a connection ends that we end: all else is an answer of somebody else, or none in time. */
function isCutOff(error: unknown): error is Error {
  return error instanceof Error && /hang up|ECONNRESET|ECONNABORTED|EPIPE|disconnected/.test(error.message);
}

function close(server: Server, { locals }: Room): void {
  server.close();
  for (const local of locals) local.destroy();
}

async function serve(room: Room, local: Socket): Promise<void> {
  const connection = ++room.begun;
  local.unref();
  room.locals.add(local);
  local.on('error', () => undefined).on('close', () => room.locals.delete(local));
  try {
    await forwarded(room, listenTo(local));
  } catch (error) {
    const times = (room.troubles.at(-1)?.times ?? 0) + 1;
    room.troubles = [...room.troubles.slice(1 - mostTroubles), { times, why: cleanText(reasonOf(error), 600), connection }];
    local.destroy();
  }
}

/** To the pod of the connection before, as long as it is there and ready; else to another one. */
async function forwarded(room: Room, local: Local): Promise<void> {
  const pods = await room.pods(room.signal);
  const isLast = ({ pod, port }: PodPort): boolean => pod === room.last?.pod && port === room.last.port;
  const inTurn = [...pods.filter(isLast), ...pods.filter((each) => !isLast(each))];
  let why: unknown;
  for (const pod of inTurn.slice(0, mostPods)) {
    const led = await lead(room, local, pod);
    if (led.is === 'done') return;
    why = led.why;
  }
  throw why ?? new Error('no pod to forward to');
}

type Led = { is: 'done' } | { is: 'elsewhere'; why: unknown };

async function lead(room: Room, local: Local, pod: PodPort): Promise<Led> {
  if (isGone(local) || room.signal.aborted) return { is: 'done' };
  let socket: WebSocket;
  try {
    socket = await opened(room, pod);
  } catch (error) {
    // A missing right is missing for every pod.
    if (room.signal.aborted || error instanceof CanaryError || error instanceof Refused) throw error;
    return { is: 'elsewhere', why: error };
  }
  room.last = pod;
  const joined = await join(local, socket);
  if (joined.is === 'over') return { is: 'done' };
  const why = new Error(`port ${pod.port} of pod ${pod.pod}: ${joined.why}`);
  if (joined.is === 'unreached') return { is: 'elsewhere', why };
  throw why;
}

class Refused extends Error {}

async function opened({ upgrade, signal }: Room, { namespace, pod, port }: PodPort): Promise<WebSocket> {
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/portforward?ports=${port}`;
  const upgraded = await upgrade({ path, protocol: channelProtocol }, signal);
  if (upgraded.is === 'open') return upgraded.socket;
  const { status, text } = upgraded;
  const said = refusalOf(status, text).message;
  if (status === 401) throw new Refused(`not signed in to the API server: ${said}`);
  if (status !== 403) throw new Error(`the API server did not forward port ${port} of pod ${pod} (HTTP ${status}): ${said}`);
  const rule = { group: '', resource: 'pods/portforward', verbs: ['get', 'create'], names: [] };
  throw new Refused(missingRight({ what: `forward port ${port} of pod ${pod} in namespace ${namespace}`, said, rule, namespace }));
}

function reasonOf(error: unknown): string {
  if (error instanceof NoAnswerError) return `the API server does not answer: ${error.message.replace(/^[A-Z]+ \S+: /, '')}`;
  return error instanceof Error ? error.message : String(error);
}
