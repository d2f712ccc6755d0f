// What takes secrets out of a text: each in the forms in which a server or a library may repeat it. It must never be told of one to show it.
import type { HttpWire } from '../ports.ts';

export interface Veil {
  hide(text: string): string;
}

export interface Veiled {
  wire: HttpWire;
  /** What was read from Secrets. */
  secrets: readonly string[];
  /** The password that the Basic header was made of. */
  auth: string | undefined;
  /** How much of the address is secret, besides sign-in data: of a chat's webhook the path, of one out of a Secret all. */
  address: 'public' | 'path' | 'all';
}

const mark = '(hidden)';
/** Headers and parameters that let somebody in, going by their names. */
const lettingIn = /auth|token|key|secret|passw|cookie|signature|^sig$|session/i;

export function createVeil({ wire, secrets, auth, address }: Veiled): Veil {
  const values = [
    ...secrets,
    ...(auth === undefined ? [] : [auth]),
    ...headerSecrets(wire.headers),
    ...addressSecrets(wire.url, address),
    ...(wire.proxy === undefined ? [] : addressSecrets(wire.proxy, 'public')),
  ];
  const forms = [...new Set(values.flatMap(formsOf))].filter((form) => form !== '');
  // The longest first: a short one may be a piece of it.
  const patterns = forms.sort((a, b) => b.length - a.length).map(patternOf);
  return { hide: (text) => patterns.reduce((shown, pattern) => shown.replace(pattern, mark), text) };
}

function headerSecrets(headers: HttpWire['headers']): string[] {
  const values = Object.entries(headers).flatMap(([name, value]) => (lettingIn.test(name) && name !== 'idempotency-key' ? [value] : []));
  // Also what follows the scheme: 'Bearer x', 'Basic x'.
  return values.flatMap((value) => [value, value.replace(/^\S+ +/, '')]);
}

function addressSecrets(address: string, secret: Veiled['address']): string[] {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return [];
  }
  const signIn = [url.username, url.password].filter(Boolean).flatMap((part) => [part, decoded(part)]);
  const basic = signIn.length ? [Buffer.from(`${decoded(url.username)}:${decoded(url.password)}`).toString('base64')] : [];
  const parameters = [...url.searchParams].flatMap(([name, value]) => (secret !== 'public' || lettingIn.test(name) ? [value] : []));
  // Segments that are long enough to be the key of a webhook.
  const path =
    secret === 'public' || url.pathname === '/' ? [] : [url.pathname, ...url.pathname.split('/').filter(({ length }) => length > 7)];
  return [...signIn, ...basic, ...parameters, ...path, ...(secret === 'all' ? [url.href, url.host, url.hostname] : [])];
}

function formsOf(value: string): string[] {
  const plain = value.trim();
  const bytes = Buffer.from(plain);
  return [
    plain,
    JSON.stringify(plain).slice(1, -1),
    encoded(plain),
    decoded(plain),
    bytes.toString('base64'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
  ];
}

/** A short value ('admin', '1') is hidden where it stands alone, or no text would be readable any more. */
function patternOf(form: string): RegExp {
  const literal = form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return form.length < 6 ? new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'gu') : new RegExp(literal, 'gi');
}

function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
