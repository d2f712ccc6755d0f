// What names and addresses may look like: they go into URLs, queries and labels, so nothing else is let in. Pure; says what is wrong, in words.

import { addressProblem } from './address.ts';

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** A name of an object (DNS-1123 subdomain). */
export function isName(value: string): string | undefined {
  if (subdomain.test(value) && value.length <= 253) return undefined;
  return `expected a Kubernetes name (lower case letters, digits, "-" and ".", at most 253), got ${quoted(value)}`;
}

/** A kind of object. */
export function isKind(value: string): string | undefined {
  if (/^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/.test(value) && value.length <= 63) return undefined;
  return `expected the name of a kind, such as Gateway, got ${quoted(value)}`;
}

/** A namespace or a port name (DNS-1123 label). */
export function isLabel(value: string): string | undefined {
  if (label.test(value) && value.length <= 63) return undefined;
  return `expected a name of lower case letters, digits and "-", at most 63, got ${quoted(value)}`;
}

/** The name of a Service: `<name>-primary` must still fit into 63 characters. */
export function isServiceName(value: string): string | undefined {
  if (label.test(value) && /^[a-z]/.test(value) && value.length <= 55) return undefined;
  const why = 'starting with a letter, at most 55 because "-primary" is added to it';
  return `expected a Service name (lower case letters, digits and "-", ${why}), got ${quoted(value)}`;
}

export function isHttpUrl(value: string): string | undefined {
  const [scheme] = /^https?:\/\//.exec(value) ?? [];
  if (scheme !== undefined) {
    const wrong = /\s/.test(value) ? 'it holds white space' : addressProblem(value.slice(scheme.length));
    return wrong === undefined ? undefined : `expected a URL such as http://prometheus:9090, but ${wrong}`;
  }
  const guess = /^[a-z0-9.-]+(:\d+)?(\/\S*)?$/i.test(value) ? `; write http://${value}` : '';
  return `expected a URL that starts with http:// or https://, got ${quoted(value)}${guess}`;
}

/** For a field where an empty text says as much as none. */
export function unlessEmpty(check: (value: string) => string | undefined): (value: string) => string | undefined {
  return (value) => (value === '' ? undefined : check(value));
}

/** An address that may be a secret: chats let in whoever knows it, so it is never quoted. */
export function isSecretUrl(value: string): string | undefined {
  return isHttpUrl(value) === undefined ? undefined : 'expected a URL that starts with http:// or https:// (not shown: it may be a secret)';
}

const longestTitle = 200;

/** Something people read in lines of text. */
export function isTitle(value: string): string | undefined {
  if (value.trim() === '') return 'expected a name, got ""';
  if (value.length > longestTitle) return `expected a name of at most ${longestTitle} characters, got ${value.length}`;
  return isPlain(value) ? undefined : `expected a name without control characters, got ${quoted(value)}`;
}

export function isPlain(value: string): boolean {
  return !/[\p{Cc}\u2028\u2029]/u.test(value);
}

const named = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** Keys of labels and annotations: a name, with a domain before it or without. Those of this tool fence its drivers and are not for files. */
export function areKeys(keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const [name = '', domain, ...more] = key.split('/').reverse();
    const fits = named.test(name) && name.length <= 63 && more.length === 0 && (domain === undefined || isName(domain) === undefined);
    if (!fits) return `expected the key of a label or annotation (a name such as team or example.com/team), got ${quoted(key)}`;
    if (domain === 'canary.run') return `the key ${quoted(key)} is this tool's own; choose another`;
  }
  return undefined;
}

export function areLabels(labels: Readonly<Record<string, string>>): string | undefined {
  const wrong = Object.values(labels).find((value) => value !== '' && !(named.test(value) && value.length <= 63));
  if (wrong === undefined) return areKeys(Object.keys(labels));
  return `expected values of labels (letters, digits, "-", "_" and ".", at most 63), got ${quoted(wrong)}`;
}

/** The name of an HTTP header or of a cookie. */
export function isToken(value: string): string | undefined {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(value) ? undefined : `expected letters, digits and -_. without spaces, got ${quoted(value)}`;
}

/** A host name or a gateway: one word. */
export function isWord(value: string): string | undefined {
  return /^[A-Za-z0-9*][A-Za-z0-9*./_-]*$/.test(value) ? undefined : `expected a name without spaces, got ${quoted(value)}`;
}

export function isHost(value: string): string | undefined {
  return isWord(value) === undefined ? undefined : `expected a host name without scheme, port or spaces, got ${quoted(value)}`;
}

/** The range of a query: whole units, greatest first, as PromQL reads it. */
export function isRange(value: string): string | undefined {
  if (/^(?=\d)(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/.test(value)) return undefined;
  return `expected whole units, greatest first, such as 30s or 1m30s (it goes into the query), got ${quoted(value)}`;
}

function quoted(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
}
