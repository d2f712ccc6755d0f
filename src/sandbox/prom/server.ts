// Prometheus' HTTP API over what was scraped, as a Send: /api/v1/query, /federate and /-/ready. It must refuse by name what it cannot answer.
import { isObject } from '../../common/json.ts';
import type { Millis, Send, Wire, WireReply } from '../../ports.ts';
import { decimal } from './decimal.ts';
import { exposition } from './exposition.ts';
import { instantQuery, PromqlError, type Value } from './promql.ts';
import type { Labels, StoredSeries } from './series.ts';

interface Reply {
  readonly status: number;
  readonly json?: unknown;
  readonly text?: string;
  /** Of the text; plain when left out. */
  readonly type?: string;
}

/** `metrics` is what startTraffic gives back. */
export function prometheus(metrics: { stored(): StoredSeries }, clock: { now(): Millis }): Send {
  return (wire, signal) => {
    if (signal.aborted) return Promise.reject(new Error('aborted'));
    return Promise.resolve(toWire(answer(wire, metrics.stored(), clock.now())));
  };
}

function answer(wire: Wire, stored: StoredSeries, now: Millis): Reply {
  const url = new URL(wire.url, 'http://prometheus');
  if (url.pathname.endsWith('/-/ready')) return { status: 200, text: 'Prometheus Server is Ready.\n' };
  if (url.pathname.endsWith('/-/healthy')) return { status: 200, text: 'Prometheus Server is Healthy.\n' };
  if (url.pathname.endsWith('/federate')) return federate(wire, url, { stored, now });
  if (!url.pathname.endsWith('/api/v1/query')) {
    const known = url.pathname.includes('/api/v1/');
    return known
      ? failure(404, 'not_found', `the sandbox's Prometheus does not know ${url.pathname}`)
      : { status: 404, text: '404 page not found\n' };
  }
  if (wire.method !== 'GET' && wire.method !== 'POST') return { status: 405, text: '' };
  return query(parametersOf(wire, url), stored, now);
}

/** For a Prometheus that scrapes this one. */
function federate(wire: Wire, url: URL, { stored, now }: { stored: StoredSeries; now: Millis }): Reply {
  if (wire.method !== 'GET') return { status: 405, text: '' };
  try {
    const text = exposition(url.searchParams.getAll('match[]'), stored, now);
    return { status: 200, text, type: 'text/plain; version=0.0.4; charset=utf-8' };
  } catch (error) {
    if (error instanceof PromqlError) return { status: 400, text: `${error.message}\n` };
    throw error;
  }
}

/** A form in the body counts beside the address. */
function parametersOf(wire: Wire, url: URL): URLSearchParams {
  const type = Object.entries(wire.headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  const form = wire.method === 'POST' && type.startsWith('application/x-www-form-urlencoded') ? (wire.body ?? '') : '';
  return new URLSearchParams([...new URLSearchParams(form), ...url.searchParams]);
}

function query(parameters: URLSearchParams, stored: StoredSeries, now: Millis): Reply {
  const at = momentOf(parameters.get('time'), now);
  if (at === undefined)
    return failure(400, 'bad_data', `invalid parameter "time": cannot parse "${parameters.get('time')}" to a valid timestamp`);
  try {
    return { status: 200, json: { status: 'success', data: data(instantQuery(parameters.get('query') ?? '', stored, at), at) } };
  } catch (error) {
    if (error instanceof PromqlError) {
      if (error.type === 'execution') return failure(422, 'execution', error.message);
      return failure(400, 'bad_data', `invalid parameter "query": ${error.message}`);
    }
    throw error;
  }
}

/** Seconds since 1970, or RFC 3339. */
function momentOf(time: string | null, now: Millis): Millis | undefined {
  if (time === null || time === '') return now;
  const at = /^\d+(\.\d+)?$/.test(time) ? Math.round(Number(time) * 1000) : /^\d{4}-\d\d-\d\dT/.test(time) ? Date.parse(time) : NaN;
  return Number.isNaN(at) ? undefined : at;
}

function data(value: Value, at: Millis): unknown {
  const sample = (time: Millis, number: number) => [time / 1000, decimal(number)];
  switch (value.is) {
    case 'scalar':
      return { resultType: 'scalar', result: sample(at, value.value) };
    case 'vector':
      return {
        resultType: 'vector',
        result: value.samples.map(({ labels, value }) => ({ metric: metric(labels), value: sample(at, value) })),
      };
    case 'matrix':
      return {
        resultType: 'matrix',
        result: value.series.map(({ labels, times, values }) => ({
          metric: metric(labels),
          values: times.map((time, i) => sample(time, values[i] ?? NaN)),
        })),
      };
  }
}

function metric(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function failure(status: number, errorType: string, error: string): Reply {
  return { status, json: { status: 'error', errorType, error } };
}

function toWire({ status, json, text, type = 'text/plain; charset=utf-8' }: Reply): WireReply {
  const isJson = isObject(json);
  const bytes = new TextEncoder().encode(isJson ? JSON.stringify(json) : (text ?? ''));
  return { status, headers: { 'content-type': isJson ? 'application/json' : type }, body: once(bytes) };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
