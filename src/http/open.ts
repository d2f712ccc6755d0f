// Where references to Secrets become plain values, right before they are sent; whatever is said about such a request afterwards passes `hide`.
// It must never log a value, put one into an error, or keep one beyond its request.
import { cleanText } from '../common/clean.ts';
import type { HttpRequest, Ref, SecretUse, Text } from '../contracts.ts';
import { createVeil, type Veil } from './veil.ts';
import { redactText, redactUrl } from './redact.ts';
import type { HttpWire } from '../ports.ts';

/** Rejects, in words that may be shown, when there is no such Secret or no such key in it. */
export type ReadSecret = (secret: Ref, key: string) => Promise<string>;

export interface OpenRequest {
  readonly wire: HttpWire;
  /** The address as messages may call it. */
  readonly address: string;
  /** A text without anything that this request keeps secret. */
  hide(text: string): string;
  /** Why there was no answer, in words that may be shown. */
  reason(error: unknown): string;
}

export interface Opening {
  readonly readSecret?: ReadSecret;
  /** Whoever knows the path of the address may post there: the webhooks of chats. */
  readonly secretPath?: boolean;
  /** Of the canary: where a host of one word is looked for. */
  readonly home?: string;
}

export async function openRequest(request: HttpRequest, { readSecret, secretPath = false, home }: Opening = {}): Promise<OpenRequest> {
  const uses = [request.url, request.auth?.user, request.auth?.password, ...Object.values(request.headers ?? {})].flatMap(usesOf);
  const values = new Map<string, string>();
  await Promise.all(uses.map(async (use) => values.set(idOf(use), await valueOf(use, readSecret))));
  const plain = (text: Text): string =>
    partsOf(text)
      .map((part) => (typeof part === 'string' ? part : values.get(idOf(part))))
      .join('');
  const [source] = usesOf(request.url);
  const wire = { ...wireOf(request, plain), ...(home === undefined ? {} : { home }), ...(source ? { hidden: true as const } : {}) };
  const hidden = source ? 'all' : secretPath ? 'path' : 'public';
  const veil = createVeil({ wire, secrets: [...values.values()], auth: request.auth && plain(request.auth.password), address: hidden });
  return {
    wire,
    address: source ? `(host hidden: from Secret ${nameOf(source.secret)})` : secretPath ? `${originOf(wire.url)}/…` : redactUrl(wire.url),
    hide: (text) => veil.hide(text),
    reason: (error) => reasonOf(error, veil, source !== undefined),
  };
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : '(not an address)';
}

function wireOf(request: HttpRequest, plain: (text: Text) => string): HttpWire {
  const { method, body, auth, proxy, insecure } = request;
  // Lower case, so that what a Secret says wins over the same header written otherwise.
  const headers = Object.fromEntries(Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), plain(value)]));
  const basic = auth && `Basic ${Buffer.from(`${plain(auth.user)}:${plain(auth.password)}`).toString('base64')}`;
  return {
    method,
    url: plain(request.url),
    headers: basic === undefined ? headers : { ...headers, authorization: basic },
    ...(body === undefined ? {} : { body }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(insecure ? { insecure } : {}),
  };
}

async function valueOf(use: SecretUse, readSecret: ReadSecret | undefined): Promise<string> {
  if (!readSecret) throw new Error(`Secret ${nameOf(use.secret)} is needed here, and there is nobody to read it`);
  // Files become Secrets with the line break at their end, and no header may hold one.
  return (await readSecret(use.secret, use.key)).replace(/[\r\n]+$/, '');
}

function partsOf(text: Text): readonly (string | SecretUse)[] {
  return typeof text === 'string' ? [text] : text;
}

function usesOf(text: Text | undefined): SecretUse[] {
  return partsOf(text ?? '').filter((part): part is SecretUse => typeof part !== 'string');
}

function idOf({ secret, key }: SecretUse): string {
  return `${nameOf(secret)}/${key}`;
}

function nameOf({ namespace, name }: Ref): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function reasonOf(error: unknown, veil: Veil, hiddenHost: boolean): string {
  const said = error instanceof Error ? error.message : String(error);
  return hiddenHost ? knownReason(said) : veil.hide(cleanText(redactText(veil.hide(said)), longestReason));
}

/** A missing right is told with the rule to add. */
const longestReason = 900;

const harmless: readonly (readonly [said: RegExp, shown: string])[] = [
  [/refused to connect/, 'refused to connect to a link-local or metadata address'],
  [/certificate|altname/i, 'its certificate was not accepted'],
  [/Bad response: \d+/, 'the proxy refused'],
  [/Proxy timeout/, 'the proxy did not answer'],
];

const codes = /\b(?:E(?:CONN[A-Z]+|NOTFOUND|AI_[A-Z]+|TIMEDOUT|HOST[A-Z]+|NET[A-Z]+|PIPE|PROTO)|(?:CERT|DEPTH|SELF|UNABLE|ERR)_[A-Z_]+)\b/;

/** Of a host that nobody may see, only what cannot hold its name: networks write names, addresses and certificates into their messages. */
function knownReason(said: string): string {
  const own = /^(no answer within [\d.]+s|no answer in time|no answer|not an address|the reply is larger than 1 MiB)$/.exec(said)?.[0];
  const known = own ?? harmless.find(([pattern]) => pattern.test(said))?.[1];
  return known ?? codes.exec(said)?.[0] ?? 'no answer';
}
