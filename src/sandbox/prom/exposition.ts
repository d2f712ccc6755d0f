// What a real Prometheus reads when it scrapes the sandbox's own: the newest samples in its text format. It must not tell samples of series
// that have ended.
import { decimal } from './decimal.ts';
import { newestSamples, type StampedSample } from './promql.ts';
import { labelsKey, type StoredSeries } from './series.ts';

/** Of every series that one of the selectors means, each once. Throws PromqlError. */
export function exposition(selectors: readonly string[], stored: StoredSeries, at: number): string {
  const samples = new Map(
    selectors.flatMap((selector) => newestSamples(selector, stored, at)).map((sample) => [labelsKey(sample.labels), sample] as const),
  );
  const families = new Map<string, string[]>();
  for (const sample of samples.values()) {
    const name = sample.labels['__name__'] ?? '';
    families.set(name, [...(families.get(name) ?? []), line(name, sample)]);
  }
  const names = [...families.keys()].sort();
  return names.map((name) => [`# TYPE ${name} untyped`, ...(families.get(name) ?? [])].join('\n') + '\n').join('');
}

function line(name: string, { labels, value, time }: StampedSample): string {
  const pairs = Object.entries(labels)
    .filter(([label]) => label !== '__name__')
    .map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length ? `{${pairs.join(',')}}` : ''} ${decimal(value)} ${time}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
