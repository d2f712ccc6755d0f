// One question to a Prometheus, the real one or the sandbox's, and its answer in one form. It must not judge answers.
import type { Send } from '../../../src/ports.ts';
import { prometheus } from '../../../src/sandbox/prom/server.ts';
import type { Labels, StoredSeries } from '../../../src/sandbox/prom/series.ts';

export interface Question {
  readonly query: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface Answered {
  readonly is: 'answered';
  readonly type: string;
  readonly results: readonly Result[];
}

export interface Refused {
  readonly is: 'refused';
  readonly status: number;
  readonly errorType: string;
  readonly error: string;
}

export type Answer = Answered | Refused;

/** One sample of an instant vector or scalar, or all of a range's series. */
export interface Result {
  readonly labels: Labels;
  readonly samples: readonly (readonly [seconds: number, value: string])[];
}

export type Asked = (question: Question) => Promise<Answer>;

interface Body {
  readonly data?: { readonly resultType: string; readonly result: unknown };
  readonly errorType?: string;
  readonly error?: string;
}

export function real(url: string): Asked {
  return async ({ query, at }) => {
    const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query, time: String(at / 1000) }) });
    return answerOf(response.status, (await response.json()) as Body);
  };
}

/** Our engine over those samples, asked over its HTTP API like the real one. */
export function ours(stored: StoredSeries): Asked {
  const send: Send = prometheus({ stored: () => stored }, { now: () => 0 });
  return async ({ query, at }) => {
    const url = `http://prometheus/api/v1/query?${new URLSearchParams({ query, time: String(at / 1000) }).toString()}`;
    const reply = await send({ method: 'GET', url, headers: {} }, new AbortController().signal);
    const chunks: Uint8Array[] = [];
    for await (const chunk of reply.body) chunks.push(chunk);
    return answerOf(reply.status, JSON.parse(Buffer.concat(chunks).toString()) as Body);
  };
}

function answerOf(status: number, { data, errorType = '', error = '' }: Body): Answer {
  if (!data) return { is: 'refused', status, errorType, error };
  const { resultType: type, result } = data;
  if (type === 'scalar' || type === 'string')
    return { is: 'answered', type, results: [{ labels: {}, samples: [result as [number, string]] }] };
  const series = result as readonly { metric: Labels; value?: [number, string]; values?: [number, string][] }[];
  return {
    is: 'answered',
    type,
    results: series.map(({ metric, value, values }) => ({ labels: metric, samples: values ?? (value ? [value] : []) })),
  };
}

/** As Prometheus writes it. */
export function numberOf(text: string): number {
  if (/^[+-]?Inf$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return text === 'NaN' ? NaN : Number(text);
}
