// Carries out one question: a metric query, a webhook call, a look at failing pods. Judges nothing.
import { cleanText } from '../common/clean.ts';
import type { Answer, HttpRequest } from '../contracts.ts';
import type { Kit, Question } from '../core/types.ts';
import { sendHttp } from '../http/request.ts';
import { builtinProvider, queriesOf } from '../kit.ts';
import type { Objects } from '../kube/objects.ts';
import type { Clock, Send } from '../ports.ts';
import { podTroubles } from './evidence.ts';

export interface Asking {
  kit: Kit;
  objects: Objects;
  http: Send;
  clock: Clock;
  /** Where evidence goes: it is for people, never for the record. */
  note(text: string): void;
}

export async function answer(asking: Asking, question: Question, signal: AbortSignal): Promise<Answer> {
  switch (question.ask) {
    case 'metric':
      return askMetric(asking, question, signal);
    case 'hook':
      return callHook(asking, question, signal);
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

async function askMetric({ kit, http, clock }: Asking, { metric }: Of<'metric'>, signal: AbortSignal): Promise<Answer> {
  const queries = queriesOf(kit);
  const provider = builtinProvider();
  const { canary } = kit;
  const variables = {
    name: canary.name,
    namespace: canary.namespace,
    target: canary.targetRef.name,
    service: canary.service.name,
    interval: metric.interval,
  };
  const isDuration = metric.name === 'request-duration';
  const query = isDuration ? queries.duration(variables) : queries.successRate(variables);
  const got = await sendHttp(http, provider.request(query, canary.metricsServer), clock, signal);
  if ('error' in got) return { is: 'error', why: got.error };
  const value = provider.answer(got.reply);
  return value.is === 'value' && isDuration ? { is: 'value', value: value.value * queries.durationScale } : value;
}

async function callHook({ http, clock }: Asking, { id, hook, body }: Of<'hook'>, signal: AbortSignal): Promise<Answer> {
  const request: HttpRequest = {
    method: 'POST',
    url: hook.url,
    // The same question asked again (a reply was lost, a run was killed) is known by its key.
    headers: { 'content-type': 'application/json', 'idempotency-key': id },
    body: JSON.stringify(body),
    timeout: hook.timeout,
    retries: hook.retries,
    ...(hook.insecure ? { insecure: true } : {}),
  };
  const got = await sendHttp(http, request, clock, signal);
  if ('error' in got) return { is: 'error', why: got.error };
  const { status, body: text } = got.reply;
  // Any 2xx is a yes; Flagger stops at 202.
  return status >= 200 && status < 300 ? { is: 'ok' } : { is: 'refused', why: cleanText(text, 200).trim() || `HTTP ${status}` };
}

/** Whether the metrics server is there at all: asked before anything is written. Undefined: it is. */
export async function metricsTrouble(
  { kit, http, clock }: Pick<Asking, 'kit' | 'http' | 'clock'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const provider = builtinProvider();
  const got = await sendHttp(http, provider.online(kit.canary.metricsServer), clock, signal);
  if ('error' in got) return got.error;
  return provider.isOnline(got.reply) ? undefined : `HTTP ${got.reply.status} ${cleanText(got.reply.body, 200)}`;
}
