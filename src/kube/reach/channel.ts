// One local connection joined to one WebSocket that speaks v4.channel.k8s.io: each message begins with its channel, 0 for bytes and 1 for what went
// wrong, and the first on each is the port. It must never send a byte twice to somebody who may have taken it.
import type { Socket } from 'node:net';
import type { WebSocket } from './socket.ts';

export const channelProtocol = 'v4.channel.k8s.io';

/** What the client said so far, kept as long as nobody answered: nobody took it where the pod's port could not be reached. */
export interface Spoken {
  readonly chunks: Buffer[];
  /** False: too much was said to be kept. */
  isWhole: boolean;
}

/** 'unreached': the other side never got anything, so that somebody else may. */
export type Joined = { is: 'over' } | { is: 'broken'; why: string } | { is: 'unreached'; why: string };

const mostKept = 64 * 1024;
const mostAhead = 1024 * 1024;
const data = Buffer.from([0]);

/** Resolves when there is nothing more to come. The local side is left open only after 'unreached'. */
export function join(local: Socket, remote: WebSocket, spoken: Spoken): Promise<Joined> {
  return new Promise((resolve) => {
    let [ended, answered] = [false, false];
    const end = (joined: Joined): void => {
      if (ended) return;
      ended = true;
      local.off('data', speak).off('close', left).pause();
      remote.terminate();
      if (joined.is === 'over') local.destroySoon();
      else if (joined.is === 'broken') local.destroy();
      resolve(joined);
    };
    const fail = (why: string): void => end({ is: isNobody(why) && spoken.isWhole && !answered ? 'unreached' : 'broken', why });
    const send = (chunk: Buffer): void => {
      remote.send(Buffer.concat([data, chunk]), () => remote.bufferedAmount < mostAhead && !ended && local.resume());
      if (remote.bufferedAmount >= mostAhead) local.pause();
    };
    const speak = (chunk: Buffer): void => {
      keep(spoken, chunk);
      send(chunk);
    };
    const left = (): void => end({ is: 'over' });
    const hear = (bytes: Buffer): void => {
      answered = true;
      if (!ended && !local.write(bytes)) pausing(local, remote);
    };
    listen(remote, { hear, fail });
    remote.on('close', left).on('error', ({ message }) => fail(message));
    local.on('data', speak).on('close', left);
    for (const chunk of spoken.chunks) send(chunk);
    remote.resume();
    if (local.destroyed || remote.readyState !== remote.OPEN) left();
    else local.resume();
  });
}

function listen(remote: WebSocket, { hear, fail }: { hear(bytes: Buffer): void; fail(why: string): void }): void {
  const begun = new Set<number>();
  remote.on('message', (message: Buffer) => {
    const [channel = -1] = message;
    const rest = message.subarray(1);
    if (channel !== 0 && channel !== 1) fail(`a message on a channel that nobody asked for (${channel})`);
    else if (!begun.has(channel)) begun.add(channel);
    else if (channel === 1) fail(rest.toString().trim());
    else if (rest.length) hear(rest);
  });
}

/** The words of kubelets and of container runtimes for a port at which nobody listens. */
function isNobody(why: string): boolean {
  return /refused|failed to (connect|dial)|no such|not found|not running|is closed/i.test(why);
}

function keep(spoken: Spoken, chunk: Buffer): void {
  const size = spoken.chunks.reduce((sum, each) => sum + each.length, chunk.length);
  spoken.isWhole &&= size <= mostKept;
  if (spoken.isWhole) spoken.chunks.push(chunk);
  else spoken.chunks.length = 0;
}

function pausing(local: Socket, remote: WebSocket): void {
  remote.pause();
  local.once('drain', () => remote.resume());
}
