// The MetricTemplates and AlertProviders among the files: one name once, and a template of a type that is not driven only where nobody asks it. Pure.
import { isObject } from '../common/json.ts';
import { notDriven } from './kernel.ts';
import { report } from './load-canary.ts';
import type { Loading } from './load-canary.ts';
import { whereText } from './read.ts';
import type { Document } from './read.ts';
import type { JsonObject } from './types.ts';

export const drivenMetrics: readonly string[] = ['prometheus'];

export interface Referable {
  readonly document: Document;
  /** namespace/name */
  readonly key: string;
}

export function checkReferables(given: readonly Referable[], loading: Loading): void {
  const seen = new Map<string, Document>();
  const asked = new Set(loading.found.flatMap(({ templates }) => templates));
  for (const { document, key } of given) {
    const { kind, locate } = document;
    const first = seen.get(`${kind} ${key}`);
    if (first !== undefined)
      report(loading, () =>
        locate(['metadata', 'name'], `the ${kind} ${key} stands twice, also at ${whereText(first.locate(['metadata', 'name'], ''))}`),
      );
    seen.set(`${kind} ${key}`, first ?? document);
    if (kind === 'MetricTemplate') templateType(document, asked.has(key), loading);
    else if (kind === 'AlertProvider') twoAddresses(document, loading);
  }
}

function templateType({ object, locate }: Document, isAsked: boolean, loading: Loading): void {
  const provider = inSpec(object, 'provider');
  const type = isObject(provider) ? provider['type'] : undefined;
  if (typeof type !== 'string' || drivenMetrics.includes(type)) return;
  const path = ['spec', 'provider', 'type'];
  const text = `${notDriven(`the metrics provider ${JSON.stringify(type)}`)}; driven: ${drivenMetrics.join(', ')}`;
  if (isAsked) report(loading, () => locate(path, text));
  else loading.notes.push(locate(path, `${text}. No Canary here refers to this template`));
}

function twoAddresses({ object, locate }: Document, loading: Loading): void {
  if (typeof inSpec(object, 'address') !== 'string' || !isObject(inSpec(object, 'secretRef'))) return;
  loading.notes.push(locate(['spec', 'address'], 'not used: the address in the Secret wins, as in Flagger'));
}

function inSpec({ spec }: JsonObject, name: string): unknown {
  return isObject(spec) ? spec[name] : undefined;
}
