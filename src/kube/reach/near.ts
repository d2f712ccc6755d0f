// Whether a Service can be reached by its own name from here: on a node, through a VPN. It must never trust a name that leads anywhere but to that
// Service, or send anything.
import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import type { Millis } from '../../ports.ts';

export interface Around {
  /** Every address of a name; none where it is not known. */
  resolve(host: string): Promise<readonly string[]>;
  /** Whether the port takes a connection. */
  knock(address: string, port: number): Promise<boolean>;
}

/** Somebody who is near answers sooner. */
const patience: Millis = 2_000;

export const fromHere: Around = { resolve, knock };

async function resolve(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true }).catch(() => [])).map(({ address }) => address);
}

/** A resolver cannot be stopped, but it need not be waited for. */
export async function soon<T>(work: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => (timer = setTimeout(resolve, patience, otherwise)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function knock(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.setTimeout(patience, () => end(false));
    socket.on('connect', () => end(true)).on('error', () => end(false));
  });
}
