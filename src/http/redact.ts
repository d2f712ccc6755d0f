// The one place where addresses lose what must not be seen: sign-in data and whatever the query holds. It must never make an address more readable.
export { cleanText } from '../common/clean.ts';

/** The address without userinfo, query and fragment. */
export function redactUrl(url: string): string {
  const parsed = parse(url);
  if (!parsed) return '(not an address)';
  // A URL whose scheme is not special (redis://…) has an opaque origin: its parts are put together by hand.
  const path = parsed.pathname === '/' && !/^[^?#]*\/[?#]|^[^?#]*\/$/.test(url) ? '' : parsed.pathname;
  return `${parsed.protocol}//${parsed.host}${path}${parsed.search ? '?…' : ''}`;
}

/** Any text with addresses in it, such as an error message: each of them redacted. */
export function redactText(text: string): string {
  return text.replace(/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi, (url) => redactUrl(url));
}

function parse(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}
