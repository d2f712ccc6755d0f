// A port of this machine's loopback that leads to a pod behind a Service, each connection through a WebSocket of its own. It must never keep the
// process alive, and never outlive it.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { cleanText } from '../../common/clean.ts';
import { CanaryError } from '../../errors.ts';
import { NoAnswerError, refusalOf } from '../api-error.ts';
import { channelProtocol, join, type Spoken } from './channel.ts';
import type { PodPort } from './pods.ts';
import type { WebSocket } from './socket.ts';
import { missingRight } from './words.ts';
import type { Connection } from '../transport.ts';

export interface Forward {
  readonly port: number;
  /** Whom the last connection led to. */
  pod(): string | undefined;
  /** How often a connection came to nothing, and why the last one did. */
  trouble(): { readonly times: number; readonly why: string };
  close(): void;
}

export interface ForwardOptions {
  readonly upgrade: Connection['upgrade'];
  /** Who can be forwarded to now; throws in words. */
  pods(signal: AbortSignal): Promise<readonly PodPort[]>;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

interface Room extends ForwardOptions {
  last: PodPort | undefined;
  readonly locals: Set<Socket>;
  trouble: { times: number; why: string };
}

/** So many pods are tried for one connection. */
const mostPods = 3;

export async function openForward(options: ForwardOptions): Promise<Forward> {
  const room: Room = {
    upgrade: options.upgrade,
    pods: options.pods,
    signal: options.signal,
    last: undefined,
    locals: new Set(),
    trouble: { times: 0, why: '' },
  };
  const server = createServer({ pauseOnConnect: true }, (local) => void serve(room, local));
  server.unref();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, pod: () => room.last?.pod, trouble: () => room.trouble, close: () => close(server, room) };
}

function close(server: Server, { locals }: Room): void {
  server.close();
  for (const local of locals) local.destroy();
}

async function serve(room: Room, local: Socket): Promise<void> {
  local.unref();
  room.locals.add(local);
  local.on('error', () => undefined).on('close', () => room.locals.delete(local));
  try {
    await forwarded(room, local);
  } catch (error) {
    room.trouble = { times: room.trouble.times + 1, why: cleanText(reasonOf(error), 600) };
    local.destroy();
  }
}

/** To the pod of the connection before; where that is gone, to another one. */
async function forwarded(room: Room, local: Socket): Promise<void> {
  const spoken: Spoken = { chunks: [], isWhole: true };
  const tried = new Set<string>();
  let why: unknown;
  for (const pod of room.last ? [room.last] : []) {
    tried.add(pod.pod);
    const led = await lead(room, local, { pod, spoken });
    if (led.is === 'done') return;
    why = led.why;
  }
  const others = (await room.pods(room.signal)).filter(({ pod }) => !tried.has(pod));
  for (const pod of others.slice(0, mostPods)) {
    const led = await lead(room, local, { pod, spoken });
    if (led.is === 'done') return;
    why = led.why;
  }
  throw why ?? new Error('no pod to forward to');
}

type Led = { is: 'done' } | { is: 'elsewhere'; why: unknown };

async function lead(room: Room, local: Socket, { pod, spoken }: { pod: PodPort; spoken: Spoken }): Promise<Led> {
  if (local.destroyed || room.signal.aborted) return { is: 'done' };
  let socket: WebSocket;
  try {
    socket = await opened(room, pod);
  } catch (error) {
    // A missing right is missing for every pod.
    if (room.signal.aborted || error instanceof CanaryError || error instanceof Refused) throw error;
    return { is: 'elsewhere', why: error };
  }
  room.last = pod;
  const joined = await join(local, socket, spoken);
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
