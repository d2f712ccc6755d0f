// Values as Go prints them, where the API server's messages show them that way. It must not know Kubernetes.
import { isObject } from '../../common/json.ts';
import type { Json } from '../../contracts.ts';

/** `map[a:1 b:[x y]]`: keys in order, texts without quotes. */
export function goText(value: Json): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isObject(value)) return String(value);
  const keys = Object.keys(value).sort();
  return `map[${keys.map((key) => `${key}:${goText(value[key] ?? null)}`).join(' ')}]`;
}

/** A list of texts as `%#v` shows it. */
export function goStrings(texts: readonly string[]): string {
  return `[]string{${texts.map((text) => JSON.stringify(text)).join(', ')}}`;
}
