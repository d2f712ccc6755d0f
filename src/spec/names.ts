// What names and addresses may look like: they go into URLs, queries and labels, so nothing else is let in. Pure; says what is wrong, in words.

import { addressProblem } from './address.ts';

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** A name of an object (DNS-1123 subdomain). */
export function isName(value: string): string | undefined {
  if (subdomain.test(value) && value.length <= 253) return undefined;
  return `expected a Kubernetes name (lower case letters, digits, "-" and ".", at most 253), got ${quoted(value)}`;
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

/** A host name or a gateway: one word. */
export function isWord(value: string): string | undefined {
  return /^[A-Za-z0-9*][A-Za-z0-9*./_-]*$/.test(value) ? undefined : `expected a name without spaces, got ${quoted(value)}`;
}

/** The range of a query: whole units, greatest first, as PromQL reads it. */
export function isRange(value: string): string | undefined {
  if (/^(?=\d)(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/.test(value)) return undefined;
  return `expected whole units, greatest first, such as 30s or 1m30s (it goes into the query), got ${quoted(value)}`;
}

function quoted(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
}
