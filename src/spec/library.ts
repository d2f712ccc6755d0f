// MetricTemplates and AlertProviders: from documents of files, or objects read from a cluster, to what a run needs of them. Pure; it looks nowhere
// by itself, and a reference to what it does not hold is not its problem.
import { isObject } from '../common/json.ts';
import { alertProviderDocument } from './alert-provider.ts';
import type { AlertProviderDocument } from './alert-provider.ts';
import { currentVersion } from './convert.ts';
import type { Field } from './kernel.ts';
import type { OtherDocument } from './load.ts';
import { metricTemplateDocument } from './metric-template.ts';
import type { MetricTemplateDocument } from './metric-template.ts';
import { pathText } from './path.ts';
import type { AlertService, JsonObject, Template } from './types.ts';

export interface Library {
  template(namespace: string, name: string): Template | undefined;
  alertService(namespace: string, name: string): AlertService | undefined;
}

/** `others` were checked when they were loaded. `defaultNamespace`: of documents that name none (-n, else the context's). */
export function libraryOf(others: readonly OtherDocument[], defaultNamespace: string): Library {
  const objects = new Map(
    others
      .filter(({ apiVersion }) => apiVersion === currentVersion)
      .map(({ kind, namespace, name, object }) => [`${kind} ${namespace || defaultNamespace}/${name}`, object]),
  );
  const at = <T extends object>(key: string, from: (object: JsonObject) => T | { why: string }): T | undefined => {
    const object = objects.get(key);
    const found = object === undefined ? undefined : from(object);
    return found === undefined || 'why' in found ? undefined : found;
  };
  return {
    template: (namespace, name) => at<Template>(`MetricTemplate ${namespace}/${name}`, templateFrom),
    alertService: (namespace, name) => at<AlertService>(`AlertProvider ${namespace}/${name}`, alertServiceFrom),
  };
}

export function templateFrom(object: JsonObject): Template | { why: string } {
  const read = checked<MetricTemplateDocument>(metricTemplateDocument, object);
  if ('why' in read) return read;
  const { provider, query } = read.spec;
  const { address, secretRef } = provider;
  return {
    type: provider.type,
    ...(address === undefined || address === '' ? {} : { address }),
    query,
    ...(secretRef === undefined ? {} : { secret: secretRef.name }),
    headers: Object.fromEntries(Object.entries(provider.headers).map(([name, values]) => [name, [...values]])),
    insecure: provider.insecureSkipVerify,
  };
}

export function alertServiceFrom(object: JsonObject): AlertService | { why: string } {
  const read = checked<AlertProviderDocument>(alertProviderDocument, object);
  if ('why' in read) return read;
  const { type, channel, username, address, secretRef, proxy } = read.spec;
  return {
    type,
    channel: channel || 'general',
    username: username || 'flagger',
    ...(address === undefined || address === '' ? {} : { address }),
    ...(secretRef === undefined ? {} : { secret: secretRef.name }),
    ...(proxy === undefined || proxy === '' ? {} : { proxy }),
  };
}

/** Held to the declared fields, wherever it comes from: nothing that could not be checked goes into a request. */
function checked<T extends object>(document: Field, object: JsonObject): T | { why: string } {
  const problems: string[] = [];
  const read = document.read(isObject(object) ? object : {}, [], {
    say: (path, text) => void problems.push(`${pathText(path)}: ${text}`),
    unknown: () => 'unknown field',
  });
  return problems.length === 0 && read !== undefined ? (read as T) : { why: problems.slice(0, 3).join('; ') };
}
