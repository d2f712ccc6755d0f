// What differs between two clusters though nothing is wrong: names' random ends, times, addresses, columns' widths. It must not hide more.

const RULES: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'UID'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME'],
  [/\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, 'TIME'],
  [/\b(\d{1,3}\.){3}\d{1,3}\b/g, 'IP'],
  [/https?:\/\/IP:\d+/g, 'SERVER'],
  // A ReplicaSet, a pod of one, an EndpointSlice.
  [/\b(web|shop)-[a-z0-9]{8,10}-[a-z0-9]{5}\b/g, '$1-HASH-RANDOM'],
  [/\b(web|shop)-[bcdfghjklmnpqrstvwxz0-9]{8,10}\b/g, '$1-HASH'],
  [/\b(web|shop|plain)-[bcdfghjklmnpqrstvwxz0-9]{5}\b/g, '$1-RANDOM'],
  [/(pod-template-hash"?[=:] ?"?)[a-z0-9]+/g, '$1HASH'],
  [/("?resourceVersion"?: )"\d+"/g, '$1"N"'],
  [/\b(node\/|nodeName: )?(sim|sandbox)\b/g, '$1NODE'],
];

/** As kubectl writes ages, standing alone. */
const AGE = /(?<=^|[\s(])(\d+y)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(?=$|[\s)])/g;

function normalLine(line: string): string {
  const named = RULES.reduce((text, [from, to]) => text.replace(from, to), line);
  const indent = /^ */.exec(named)?.[0] ?? '';
  const rest = named.slice(indent.length).replace(AGE, (age) => (age === '' ? '' : 'AGE'));
  return `${indent}${rest.replace(/\s+/g, ' ').trimEnd()}`;
}

export function normal(text: string): string[] {
  return text.trimEnd().split('\n').map(normalLine);
}
