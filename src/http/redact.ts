// The one place where addresses lose what must not be seen: sign-in data and whatever the query holds. It must never make an address more readable.
import { cleanText } from '../common/clean.ts';

export { cleanText };

/** The address without userinfo, query and fragment. */
export function redactUrl(url: string): string {
  const parsed = parse(url);
  if (!parsed) return '(not an address)';
  // A URL whose scheme is not special (redis://…) has an opaque origin: its parts are put together by hand.
  const path = parsed.pathname === '/' && !/^[^?#]*\/[?#]|^[^?#]*\/$/.test(url) ? '' : parsed.pathname;
  return `${parsed.protocol}//${parsed.host}${path}${parsed.search ? '?…' : ''}`;
}

/** Any text with addresses in it, such as an error message: each of them redacted. A quote ends an address, but not inside a password. */
export function redactText(text: string): string {
  return text.replace(/\b[a-z][a-z0-9+.-]*:\/\/(?:[^\s/?#"<>]*@)?[^\s"'<>]+/gi, (url) => redactUrl(url));
}

/** What is shown of any text: one line, no sign-in data. Redacted before it is cut, or half an address would not be known as one. */
export function shownText(text: string, max: number): string {
  return cleanText(redactText(text), max);
}

function parse(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}
