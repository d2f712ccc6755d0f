// Carries out one question: a metric query, a webhook call, an alert, a look at failing pods. Judges nothing.
import { cleanText } from '../common/clean.ts';
import { canonical } from '../common/json.ts';
import type { Answer, HttpReply, HttpRequest, Metric, MetricsProvider, MetricsServer, Text } from '../contracts.ts';
import type { Kit, Question } from '../core/types.ts';
import type { ReadSecret } from '../http/open.ts';
import { sendHttp, type Sent } from '../http/request.ts';
import { alertProviderOf, builtinProvider } from '../kit.ts';
import type { Objects } from '../kube/objects.ts';
import type { Clock, Send } from '../ports.ts';
import { podTroubles } from './evidence.ts';
import { queryOf, serverOf } from './metric-query.ts';
import { keysIn, secretRef, type SecretBook } from './secrets.ts';

export interface Asking {
  kit: Kit;
  objects: Objects;
  http: Send;
  clock: Clock;
  readSecret: ReadSecret;
  /** Of what the canary refers to (references.ts). */
  secrets: SecretBook;
  /** Where evidence goes: it is for people, never for the record. */
  note(text: string): void;
}

type WayOut = Pick<Asking, 'kit' | 'http' | 'clock' | 'readSecret' | 'secrets'>;

export async function answer(asking: Asking, question: Question, signal: AbortSignal): Promise<Answer> {
  switch (question.ask) {
    case 'metric':
      return askMetric(asking, question, signal);
    case 'hook':
      return callHook(asking, question, signal);
    case 'alert':
      return sendAlert(asking, question, signal);
    case 'evidence': {
      const lines = await podTroubles(asking.objects, question.selector, signal).catch((error: unknown) => [
        `pods could not be looked at: ${String(error)}`,
      ]);
      for (const line of lines) asking.note(line);
      return { is: 'ok' };
    }
  }
}

type Of<A extends Question['ask']> = Extract<Question, { ask: A }>;

function send({ kit, http, clock, readSecret }: WayOut, request: HttpRequest, signal: AbortSignal): Promise<Sent> {
  return sendHttp({ send: http, clock, readSecret, home: kit.canary.namespace }, request, signal);
}

async function askMetric(asking: Asking, { metric }: Of<'metric'>, signal: AbortSignal): Promise<Answer> {
  const asked = queryOf(asking.kit, metric);
  if ('why' in asked) return { is: 'error', why: asked.why };
  // References to templates of other providers were refused before the run.
  const provider = builtinProvider();
  const got = await send(asking, provider.request(asked.query, serverOf(asking.kit.canary, metric, asking.secrets)), signal);
  if ('error' in got) return { is: 'error', why: got.error };
  const value = answerOf(provider, got);
  return value.is === 'value' ? { is: 'value', value: value.value * asked.scale } : value;
}

/** Numbers are read from the reply as it came, words from one without secrets: a server may repeat what it was sent. */
function answerOf(provider: MetricsProvider, { reply, hide }: Exclude<Sent, { error: string }>): Answer {
  const plain = provider.answer(reply);
  if (plain.is !== 'error') return plain;
  const veiled = provider.answer({ ...reply, body: hide(reply.body) });
  return { is: 'error', why: veiled.is === 'error' ? hide(veiled.why) : 'the answer is not one of Prometheus' };
}

async function callHook(asking: Asking, { id, hook, body }: Of<'hook'>, signal: AbortSignal): Promise<Answer> {
  const request: HttpRequest = {
    method: 'POST',
    url: hook.url,
    // The same question asked again (a reply was lost, a run was killed) is known by its key.
    headers: { 'content-type': 'application/json', 'idempotency-key': headerText(id) },
    body: JSON.stringify(body),
    timeout: hook.timeout,
    retries: hook.retries,
    ...(hook.insecure ? { insecure: true } : {}),
  };
  return accepted(await send(asking, request, signal));
}

async function sendAlert(asking: Asking, { id, alert, to }: Of<'alert'>, signal: AbortSignal): Promise<Answer> {
  const { namespace, name } = to.ref;
  const { found } = to;
  const provider = found && alertProviderOf(found.type);
  if (!found || !provider)
    return {
      is: 'error',
      why: `AlertProvider ${name} in namespace ${namespace} ${found ? `is of type ${found.type}, which is not driven` : 'was not found'}`,
    };
  const secret = found.secret === undefined ? undefined : keysIn(asking.secrets, secretRef(namespace, found.secret));
  const use = (key: string) => (secret?.keys.includes(key) ? { secret: secret.secret, key } : undefined);
  const [kept, token] = [use('address'), use('token')];
  const address: Text | undefined = kept ? [kept] : found.address;
  if (address === undefined) return { is: 'error', why: `AlertProvider ${name} in namespace ${namespace} has no address` };
  const { username, channel, proxy } = found;
  const request = provider.request(alert, { address, username, channel, ...(token ? { token } : {}), ...(proxy ? { proxy } : {}) });
  const { http, clock, readSecret } = asking;
  const home = asking.kit.canary.namespace;
  const known = { ...request, headers: { ...request.headers, 'idempotency-key': headerText(id) } };
  return accepted(await sendHttp({ send: http, clock, readSecret, secretPath: true, home }, known, signal));
}

/** Any 2xx is a yes; Flagger stops at 202. */
function accepted(got: Sent): Answer {
  if ('error' in got) return { is: 'error', why: got.error };
  const { status } = got.reply;
  return status >= 200 && status < 300 ? { is: 'ok' } : { is: 'refused', why: said(got) || `HTTP ${status}` };
}

function said({ reply, hide }: { reply: HttpReply; hide(text: string): string }): string {
  return hide(cleanText(hide(reply.body), 200)).trim();
}

/** A metrics server that is not there; `template`: the MetricTemplate that names it. */
export interface MetricsTrouble {
  server: string;
  template?: string;
  why: string;
}

/** Whether every metrics server that this canary asks is there at all: asked before anything is written. Undefined: all are. */
export async function metricsTrouble(asking: WayOut, signal: AbortSignal): Promise<MetricsTrouble | undefined> {
  const provider = builtinProvider();
  const { canary } = asking.kit;
  const distinct = new Map<string, { source: Metric['source']; server: MetricsServer }>();
  for (const metric of canary.metrics) {
    const server = serverOf(canary, metric, asking.secrets);
    const known = canonical(server);
    if (!distinct.has(known)) distinct.set(known, { source: metric.source, server });
  }
  const troubles = await Promise.all(
    [...distinct.values()].map(async ({ source, server }): Promise<MetricsTrouble | undefined> => {
      const got = await send(asking, provider.online(server), signal);
      if (!('error' in got) && provider.isOnline(got.reply)) return undefined;
      const why = 'error' in got ? got.error : `HTTP ${got.reply.status} ${said(got)}`;
      const named = source.kind === 'template' && source.found?.address !== undefined;
      return { server: server.address, ...(named ? { template: `${source.ref.name}.${source.ref.namespace}` } : {}), why };
    }),
  );
  return troubles.find((trouble) => trouble !== undefined);
}

/** Names may be in any script, a header's value may not. */
function headerText(id: string): string {
  return encodeURI(id.replace(/\p{Surrogate}/gu, '-'));
}
