// Through the API server to a Service: the request as it is, below the Service's own path. It must never repeat a request, show our own credentials
// to the Service, or take the API server's refusal for the Service's answer.
import yaml from 'js-yaml';
import { cleanText } from '../../common/clean.ts';
import { isObject } from '../../common/json.ts';
import type { Headers, HttpWire, Send, WireReply } from '../../ports.ts';
import { NoAnswerError, refusalOf, type Refusal } from '../api-error.ts';
import { readBytes } from '../body.ts';
import { proxyName, serviceText, type ServiceAddress } from './address.ts';
import { missingRight } from './words.ts';
import type { Connection } from '../transport.ts';

const bodyCap = 1024 * 1024;
/** No refusal is longer. */
const refusalCap = 64 * 1024;

/** What the API server takes for itself, changes on the way, or would obey. */
const itsOwn = /^(authorization|impersonate-.*|x-remote-.*|host|connection|upgrade|te|trailer|transfer-encoding|keep-alive|proxy-.*)$/i;

/** Why a request cannot be carried by the API server; undefined: it can. */
export function notCarried(wire: HttpWire): string | undefined {
  const { protocol, username, password, pathname } = new URL(wire.url);
  if (username || password) return 'the API server keeps names and passwords to itself';
  const header = Object.keys(wire.headers).find((name) => itsOwn.test(name));
  if (header !== undefined) return `the API server keeps the header ${header.toLowerCase()} to itself`;
  if (protocol === 'https:' && !wire.insecure) return 'the API server does not verify the certificate of a Service';
  return isPlain(pathname) ? undefined : 'the API server does not keep a path with such signs or empty parts as it is';
}

/** It decodes the path and writes it anew, in Go's way. */
function isPlain(path: string): boolean {
  return /^[\w\-.~$&+,/:;=@]*$/.test(path) && !path.includes('//');
}

export function verbOf({ method }: Pick<HttpWire, 'method'>): string {
  return { GET: 'get', POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }[method];
}

export function throughProxy(connection: Pick<Connection, 'exchange' | 'send'>, service: ServiceAddress): Send {
  const root = `/api/v1/namespaces/${service.namespace}/services/${proxyName(service)}/proxy`;
  return async (wire, signal) => {
    const { pathname, search } = new URL(wire.url);
    const inner = { method: wire.method, url: `${root}${pathname}${search}`, headers: ours(wire.headers), ...bodyIn(wire.body) };
    for (const again of [false, true]) {
      const reply = await answered(connection.exchange(inner, again, signal));
      if (!mayBeRefusal(reply)) return { ...reply, body: capped(reply.body) };
      const { text, all } = await beginningOf(reply.body);
      const refusal = refusalIn(reply.status, text, service);
      if (!refusal) return { ...reply, body: capped(all) };
      if (refusal.code === 401 && wire.method !== 'GET') throw new Error(await unsigned(connection, { refusal, service }, signal));
      if (refusal.code !== 401 || again) throw new Error(words(refusal, service, verbOf(wire)));
    }
    throw new Error('not signed in to the API server');
  };
}

function ours(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !itsOwn.test(name)));
}

function bodyIn(body: string | undefined): { body?: string } {
  return body === undefined ? {} : { body };
}

/** The path of a request may be secret, so it is not repeated. */
async function answered(reply: Promise<WireReply>): Promise<WireReply> {
  try {
    return await reply;
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    throw new Error(`the API server does not answer: ${error.message.replace(/^[A-Z]+ \S+: /, '')}`);
  }
}

/** The API server refuses in the language that the request asks for. */
function mayBeRefusal({ status, headers }: WireReply): boolean {
  const isJson = /json/.test(headers['content-type'] ?? '');
  return status >= 400 && (isJson || [401, 403, 404, 503].includes(status)) && Number(headers['content-length'] ?? 0) <= refusalCap;
}

/** What is longer than any refusal is empty here, and whole in `all`. */
async function beginningOf(body: AsyncIterable<Uint8Array>): Promise<{ text: string; all: AsyncIterable<Uint8Array> }> {
  const rest = body[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let next = await rest.next(); !next.done; next = await rest.next()) {
    chunks.push(next.value);
    size += next.value.byteLength;
    if (size > refusalCap) return { text: '', all: joined(chunks, rest) };
  }
  return { text: new TextDecoder().decode(Buffer.concat(chunks)), all: joined(chunks, rest) };
}

async function* joined(chunks: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** Somebody behind the API server may say the same after it did something, so only the sign-in is tried again, not the request. */
async function unsigned(
  connection: Pick<Connection, 'send'>,
  { refusal, service }: { refusal: Refusal; service: ServiceAddress },
  signal: AbortSignal,
): Promise<string> {
  const own = await answered(connection.send({ method: 'GET', url: '/version', headers: {} }, signal));
  await readBytes(own, bodyCap);
  if (own.status === 401) return words(refusal, service, '');
  return `the API server, or ${serviceText(service)} behind it, does not take our sign-in, so it is not sent again: ${cleanText(refusal.message, 300)}`;
}

async function* capped(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > bodyCap) throw new Error('the reply is larger than 1 MiB');
    yield chunk;
  }
}

/** A Status about this very Service, or about who we are. What is behind it may be an API server, too, with refusals of its own. */
function refusalIn(status: number, text: string, { name }: ServiceAddress): Refusal | undefined {
  const body = parsed(text);
  if (!isObject(body) || body['kind'] !== 'Status' || body['apiVersion'] !== 'v1' || body['code'] !== status) return undefined;
  const refusal = refusalOf(status, JSON.stringify(body));
  const about = isObject(body['details']) ? body['details'] : {};
  const isOurs =
    (status === 401 && refusal.reason === 'Unauthorized') ||
    (about['kind'] === 'services' && String(about['name']).split(':').includes(name)) ||
    /^(no endpoints available for service|error trying to reach service|no service port)/.test(refusal.message);
  return isOurs ? refusal : undefined;
}

function parsed(text: string): unknown {
  try {
    return /^\s*\{/.test(text)
      ? JSON.parse(text)
      : /^kind: Status$/m.test(text)
        ? yaml.load(text, { schema: yaml.JSON_SCHEMA })
        : undefined;
  } catch {
    return undefined;
  }
}

function words(refusal: Refusal, service: ServiceAddress, verb: string): string {
  const { name, namespace } = service;
  const said = cleanText(refusal.message, 300);
  if (refusal.code === 401) return `not signed in to the API server: ${said}`;
  if (refusal.code === 403) {
    const rule = { group: '', resource: 'services/proxy', verbs: [verb], names: [proxyName(service)] };
    return missingRight({ what: `ask ${serviceText(service)} through the API server`, said, rule, namespace });
  }
  if (refusal.code === 404) return `Service ${name} in namespace ${namespace} is gone, or has no endpoints that the API server knows`;
  if (/no endpoints available/.test(said))
    return `Service ${name} in namespace ${namespace} has no pod that is ready (the API server found no endpoints)`;
  return `the API server cannot reach ${serviceText(service)}: ${said}`;
}
