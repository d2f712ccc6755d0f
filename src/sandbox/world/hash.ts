// Short names made from text, as the cluster makes them: the same text gives the same name. Not for secrets.

// Kubernetes leaves out vowels and look-alikes, so that no name says anything.
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

function fnv(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

export function shortHash(text: string, length: number): string {
  let out = '';
  for (let at = 0; out.length < length; at++) out += LETTERS[fnv(`${at}:${text}`) % LETTERS.length] ?? '';
  return out;
}
