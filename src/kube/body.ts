// Bodies of answers: read whole, or line by line, never more than is reasonable. It must never interpret what it reads.
import type { WireReply } from '../ports.ts';
import { NoAnswerError } from './api-error.ts';

/** More than any list we ask for; a hostile or broken server must not fill our memory. */
export const bodyLimit = 16 * 1024 * 1024;
export const lineLimit = 2 * 1024 * 1024;

export async function readBody(reply: WireReply, limit: number = bodyLimit): Promise<string> {
  return new TextDecoder().decode(await readBytes(reply, limit));
}

export async function readBytes(reply: WireReply, limit: number = bodyLimit): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of reply.body) {
    size += chunk.byteLength;
    if (size > limit) throw new NoAnswerError(`the answer is longer than ${limit} bytes`);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

/** Whole lines only: what a cut connection leaves of a line is dropped. */
export async function* readLines(body: AsyncIterable<Uint8Array>, limit: number = lineLimit): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim()) yield line;
    if (rest.length > limit) throw new NoAnswerError(`a line of a watch is longer than ${limit} characters`);
  }
}

export async function* bodyOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.byteLength) yield bytes;
}
