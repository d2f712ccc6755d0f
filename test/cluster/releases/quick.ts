// A recording's input for a namespace of another name, its analysis quicker. Text in, text out.

/** A metric's interval stands in its queries and stays; of the analysis interval only the routes of a session hold anything. */
const intervals: Readonly<Record<string, string>> = {
  // The cookie for the primary lives as long as an interval.
  'affinity-istio': '10s',
  // Time to push something at a weight, before the next step.
  'new-revision': '3s',
};

export function intervalOf(name: string): string {
  return intervals[name] ?? '1s';
}

export function quick(input: string, about: { name: string; namespace: string; interval: string }): string {
  const { name, namespace, interval } = about;
  const found = /^( +analysis:\n +interval: )10s$/m;
  if (!found.test(input)) throw new Error(`${name}: no analysis interval of 10s`);
  return input
    .replaceAll(`namespace: ${name}\n`, `namespace: ${namespace}\n`)
    .replaceAll(`namespace="${name}"`, `namespace="${namespace}"`)
    .replace(found, `$1${interval}`);
}
