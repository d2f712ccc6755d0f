// Opens a WebSocket to the API server. The only importer of ws, itself imported when a port is first forwarded. It must never put a header into
// an error.
import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { Millis } from '../../ports.ts';
import { NoAnswerError } from '../api-error.ts';

export type { WebSocket };

/** 'refused': with an answer that is no WebSocket. */
export type Upgraded = { is: 'open'; socket: WebSocket } | { is: 'refused'; status: number; text: string };

interface Opening {
  /** http or https. */
  readonly url: string;
  readonly protocol: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly agent: Agent;
}

const handshakeTimeout = 10_000;
const wordsOfRefusal = 16 * 1024;
/** Words of a refusal that never end are told as far as they came. */
const patienceForWords: Millis = 2_000;

/** An open one is paused. */
export function openSocket({ url, protocol, headers, agent }: Opening, signal: AbortSignal): Promise<Upgraded> {
  const options = { agent, headers: several(headers), handshakeTimeout, perMessageDeflate: false, maxPayload: 16 * 1024 * 1024 };
  const socket = new WebSocket(url.replace(/^http/, 'ws'), [protocol], options);
  const where = new URL(url).pathname;
  return new Promise((resolve, reject) => {
    const stop = (): void => socket.terminate();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const settled = (): void => signal.removeEventListener('abort', stop);
    // Whoever waits for an answer keeps the process alive; a tunnel alone does not.
    socket.on('upgrade', (response: IncomingMessage) => response.socket.unref());
    socket.on('unexpected-response', (request, response: IncomingMessage) => {
      void wordsOf(request, response).then((text) => {
        settled();
        resolve({ is: 'refused', status: response.statusCode ?? 0, text });
      });
    });
    // Paused until somebody listens: the first messages may have come with the answer.
    socket.on('open', () => (settled(), socket.pause(), resolve({ is: 'open', socket })));
    socket.on(
      'error',
      (error) => (settled(), reject(signal.aborted ? signal.reason : new NoAnswerError(`GET ${where}: ${error.message}`))),
    );
  });
}

/** One may stand twice. */
function several(pairs: Opening['headers']): Record<string, string | string[]> {
  const all: Record<string, string[]> = {};
  for (const [name, value] of pairs) all[name] = [...(all[name] ?? []), value];
  return Object.fromEntries(Object.entries(all).map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]));
}

async function wordsOf(request: ClientRequest, response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => request.destroy(), patienceForWords);
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > wordsOfRefusal) break;
    }
  } catch {
    // What came before it broke off is told.
  } finally {
    clearTimeout(timer);
    request.destroy();
  }
  return Buffer.concat(chunks).toString().slice(0, wordsOfRefusal);
}
