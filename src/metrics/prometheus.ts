// Prometheus' HTTP API: one instant query out, one number in. It must never take the absence of a number for a number.
import { cleanText } from '../common/clean.ts';
import { isObject } from '../common/json.ts';
import type { Answer, HttpReply, HttpRequest, JsonObject, MetricsProvider, MetricsServer, SecretUse, Text } from '../contracts.ts';

const timeout = 5_000;
const noValues: Answer = { is: 'no-values', why: 'no values found' };

export const prometheus: MetricsProvider = {
  ids: ['prometheus'],
  request: instantQuery,
  answer,
  online: (from) => instantQuery('vector(1)', from),
  isOnline(reply) {
    const online = answer(reply);
    return online.is === 'value' && online.value === 1;
  },
};

function instantQuery(query: string, from: MetricsServer): HttpRequest {
  const [, base = '', parameters = ''] = /^([^?#]*)\??([^#]*)/.exec(from.address) ?? [];
  // Half a character (a lone surrogate) cannot be encoded.
  const text = query.trim().replace(/\p{Surrogate}/gu, '\ufffd');
  const before = parameters ? `${parameters}&` : '';
  return {
    method: 'GET',
    url: `${base.replace(/\/+$/, '')}/api/v1/query?${before}query=${encodeURIComponent(text)}`,
    timeout,
    ...signedIn(from),
    ...(from.insecure ? { insecure: true } : {}),
  };
}

/** A token goes before name and password, and a Secret before headers that sign in. */
function signedIn({ headers: lists, secret }: MetricsServer): Pick<HttpRequest, 'headers' | 'auth'> {
  const headers: { [name: string]: Text } = Object.fromEntries(Object.entries(lists).map(header));
  const use = (key: string): SecretUse | undefined => (secret?.keys.includes(key) ? { secret: secret.secret, key } : undefined);
  const [token, user, password] = [use('token'), use('username'), use('password')];
  if (token) return { headers: { ...headers, authorization: ['Bearer ', token] } };
  const auth = user && password ? { auth: { user: [user], password: [password] } } : {};
  return { ...(Object.keys(headers).length ? { headers } : {}), ...auth };
}

/** Several values of one header are one list of them. */
function header([name, values]: [string, string[]]): [string, string] {
  const plain = name.toLowerCase();
  return [plain, values.join(plain === 'cookie' ? '; ' : ', ')];
}

function answer(reply: HttpReply): Answer {
  const body = parse(reply.body);
  if (reply.status !== 200 || body?.['status'] !== 'success') return failed(reply, body);
  const data = body['data'];
  if (!isObject(data)) return failed(reply, undefined);
  const { resultType, result } = data;
  if (resultType === 'matrix')
    return { is: 'error', why: 'query returned multiple values: it must end in an instant vector, not in a range' };
  if (resultType !== 'vector' || !Array.isArray(result)) {
    return { is: 'error', why: cleanText(`query returned a ${String(resultType)}, expected an instant vector`, 200) };
  }
  // Several series: the last one counts, as in Flagger.
  const last = result.at(-1);
  return last === undefined ? noValues : sample(last);
}

function sample(series: unknown): Answer {
  const pair = isObject(series) ? series['value'] : undefined;
  const text = Array.isArray(pair) ? pair[1] : undefined;
  if (typeof text !== 'string') return { is: 'error', why: 'the reply has no value where Prometheus puts one' };
  if (/^([+-]?Inf|NaN)$/.test(text)) return noValues;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return { is: 'error', why: cleanText(`not a number: ${text}`, 200) };
  const value = Number(text);
  return Number.isFinite(value) ? { is: 'value', value } : noValues;
}

function failed(reply: HttpReply, body: JsonObject | undefined): Answer {
  const said = typeof body?.['error'] === 'string' ? [body['errorType'], body['error']].filter(Boolean).join(': ') : reply.body;
  return { is: 'error', why: cleanText(`Prometheus answered ${reply.status}: ${said}`, 200) };
}

function parse(body: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
