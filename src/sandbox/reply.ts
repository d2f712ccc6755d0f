// A whole answer in one piece. It must not decide what is answered.
import type { WireReply } from '../ports.ts';

export function replyText(status: number, text: string): WireReply {
  const type = text.startsWith('{') ? 'application/json' : 'text/plain; charset=utf-8';
  return { status, headers: { 'content-type': type }, body: once(new TextEncoder().encode(text)) };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
