// Who made an answer, read from the answer alone: which version of podinfo, podinfo's own error, or the proxy. Pure.
import type { Entry } from './entry.ts';

export interface Answer {
  readonly status: number;
  /** Names and values in turn, in the order in which they came. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** Which field of the body names the version and the pod, and which header the side. */
export interface Naming {
  readonly by: string;
  readonly pod: string;
  readonly side: string;
}

export const podinfoNaming: Naming = { by: 'message', pod: 'hostname', side: 'x-canary-side' };

type Origin = Pick<Entry, 'by' | 'pod' | 'side' | 'own' | 'said'>;

export function originOf(answer: Answer, naming: Naming): Origin {
  const side = headerOf(answer, naming.side);
  const named = { ...namesIn(answer.body, naming), ...(side === undefined ? {} : { side }) };
  if (answer.status >= 200 && answer.status <= 299) return named;
  return isOwnError(answer) ? { ...named, own: true } : { ...named, said: answer.body.slice(0, 80).trim() };
}

/** What a proxy says where it finds nobody to ask; podinfo never answers GET / so. */
const proxyOnly: readonly number[] = [404, 502, 503, 504];

/**
 * podinfo's random errors have no body and name no version, and Traefik's 500 for a backend that is not there has none either. What tells them apart:
 * a Go server writes the headers that it was given in the order of their names, and after them a Date and Content-Length of its own making. So in an
 * answer that was passed on Content-Length comes before Date, and in one that the proxy made itself behind it.
 */
export function isOwnError(answer: Answer): boolean {
  if (answer.status < 300 || proxyOnly.includes(answer.status)) return false;
  if (headerOf(answer, 'content-type')?.startsWith('application/json')) return true;
  const names = headerNames(answer);
  const [length, date] = [names.indexOf('content-length'), names.indexOf('date')];
  return answer.body === '' && length >= 0 && length < date;
}

function headerNames({ rawHeaders }: Answer): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
}

function headerOf(answer: Answer, name: string): string | undefined {
  const index = headerNames(answer).indexOf(name.toLowerCase());
  return index < 0 ? undefined : answer.rawHeaders[index * 2 + 1];
}

function namesIn(body: string, naming: Naming): { by?: string; pod?: string } {
  const fields = jsonObject(body);
  const [by, pod] = [fields[naming.by], fields[naming.pod]];
  return { ...(typeof by === 'string' ? { by } : {}), ...(typeof pod === 'string' ? { pod } : {}) };
}

function jsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
