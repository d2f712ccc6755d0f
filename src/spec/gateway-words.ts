// What an HTTPRoute of the Gateway API takes as a path, a header, a time or an origin, in words: undefined is right. Pure; it mirrors the checks of
// the API server, so that a file is refused before a release is under way.
import { isToken } from './names.ts';

const hostname = /^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'];

export function hostProblem(host: string): string | undefined {
  if (host === '*') return 'an HTTPRoute has no host name "*": leave hosts out, which means all host names of the Gateway';
  if (hostname.test(host) && host.length <= 253) return undefined;
  return `expected a host name in lower case (app.example.com, or *.example.com), got ${quoted(host)}`;
}

export function authorityProblem(host: string): string | undefined {
  if (hostname.test(host) && !host.startsWith('*') && host.length <= 253) return undefined;
  return `expected a host name in lower case without a port, got ${quoted(host)}`;
}

/** Of kind exact and prefix; a pattern may hold anything. */
export function pathProblem(path: string, isPattern: boolean): string | undefined {
  if (path.length > 1024) return `expected a path of at most 1024 characters, got ${path.length}`;
  if (isPattern) return undefined;
  if (!path.startsWith('/')) return `expected a path that starts with "/", got ${quoted(path)}`;
  const odd =
    ['//', '/./', '/../', '%2f', '%2F', '#'].find((part) => path.includes(part)) ?? ['/..', '/.'].find((end) => path.endsWith(end));
  if (odd !== undefined) return `an HTTPRoute takes no path with ${quoted(odd)} in it, got ${quoted(path)}`;
  if (/^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+$/.test(path)) return undefined;
  return `expected a path as it stands in a URL (write other characters as %XX), got ${quoted(path)}`;
}

export function methodProblem(method: string): string | undefined {
  return methods.includes(method) ? undefined : `expected one of ${methods.join(', ')}, got ${quoted(method)}`;
}

export function corsMethodProblem(method: string): string | undefined {
  return method === '*' ? undefined : methodProblem(method);
}

/** The name of a header, or of a parameter of a query. */
export function nameProblem(name: string): string | undefined {
  return name.length > 256 ? `expected a name of at most 256 characters, got ${name.length}` : isToken(name);
}

export function valueProblem(value: string, most: number): string | undefined {
  return value.length >= 1 && value.length <= most ? undefined : `expected 1 to ${most} characters, got ${value.length}`;
}

/** Go durations with fractions, or of less than a millisecond, are not those of the Gateway API. */
export function timeProblem(value: string): string | undefined {
  if (/^([0-9]{1,5}(h|m|s|ms)){1,4}$/.test(value)) return undefined;
  return `expected whole numbers of h, m, s or ms, such as 1s500ms, got ${quoted(value)}`;
}

export function originProblem(origin: string): string | undefined {
  if (origin.length > 253) return `expected an origin of at most 253 characters, got ${origin.length}`;
  if (/^\*$|^[a-zA-Z][a-zA-Z0-9+\-.]+:\/\/[^:/?#]+(:[0-9]{1,5})?$/.test(origin)) return undefined;
  return `expected an origin with its scheme and no path, such as https://example.com, or "*", got ${quoted(origin)}`;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}
