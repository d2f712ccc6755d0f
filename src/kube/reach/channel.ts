// One local connection joined to one WebSocket that speaks v4.channel.k8s.io: each message begins with its channel, 0 for bytes and 1 for what went
// wrong, and the first on each is the port. It must never send a byte twice to somebody who may have taken it.
import type { Socket } from 'node:net';
import type { WebSocket } from './socket.ts';

export const channelProtocol = 'v4.channel.k8s.io';

/** The local side. It is listened to from the first moment: only who is listened to can be seen to leave. */
export interface Local {
  readonly socket: Socket;
  /** What it said so far; once some of that was sent, kept only as long as somebody else may be asked. */
  readonly said: Buffer[];
  /** False: too much was said to be kept. */
  isWhole: boolean;
  /** To the other side, as long as there is one. */
  onward: ((chunk: Buffer) => void) | undefined;
}

/** 'unreached': the other side never got anything, so that somebody else may. */
export type Joined = { is: 'over' } | { is: 'broken'; why: string } | { is: 'unreached'; why: string };

const mostKept = 64 * 1024;
const mostAhead = 1024 * 1024;
const data = Buffer.from([0]);

export function listenTo(socket: Socket): Local {
  const local: Local = { socket, said: [], isWhole: true, onward: undefined };
  socket.on('data', (chunk: Buffer) => {
    if (local.isWhole) local.said.push(chunk);
    if (local.onward) {
      forgetTooMuch(local);
      local.onward(chunk);
    } else if (sizeOf(local.said) >= mostAhead) socket.pause();
  });
  return local;
}

/** Whoever left wants nothing to be carried out any more. */
export function isGone({ socket }: Local): boolean {
  return socket.destroyed || socket.readableEnded;
}

/** Resolves when there is nothing more to come. The local side is left open only after 'unreached'. */
export function join(local: Local, remote: WebSocket): Promise<Joined> {
  const { socket } = local;
  return new Promise((resolve) => {
    let [ended, answered] = [false, false];
    const end = (joined: Joined): void => {
      if (ended) return;
      ended = true;
      local.onward = undefined;
      socket.off('close', left);
      remote.terminate();
      if (joined.is === 'over') socket.destroySoon();
      else if (joined.is === 'broken') socket.destroy();
      else socket.resume();
      resolve(joined);
    };
    const fail = (why: string): void => end({ is: isNobody(why) && local.isWhole && !answered ? 'unreached' : 'broken', why });
    const send = (chunk: Buffer): void => {
      remote.send(Buffer.concat([data, chunk]), () => remote.bufferedAmount < mostAhead && !ended && socket.resume());
      if (remote.bufferedAmount >= mostAhead) socket.pause();
    };
    const left = (): void => end({ is: 'over' });
    const hear = (bytes: Buffer): void => {
      answered = true;
      if (!ended && !socket.write(bytes)) pausing(socket, remote);
    };
    if (isGone(local) || remote.readyState !== remote.OPEN) return left();
    listen(remote, { hear, fail });
    remote.on('close', left).on('error', ({ message }) => fail(message));
    socket.on('close', left).resume();
    for (const chunk of local.said) send(chunk);
    forgetTooMuch(local);
    local.onward = send;
    remote.resume();
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

function forgetTooMuch(local: Local): void {
  if (sizeOf(local.said) <= mostKept) return;
  local.isWhole = false;
  local.said.length = 0;
}

function sizeOf(chunks: readonly Buffer[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0);
}

function pausing(local: Socket, remote: WebSocket): void {
  remote.pause();
  local.once('drain', () => remote.resume());
}
