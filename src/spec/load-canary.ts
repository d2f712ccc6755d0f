// One Canary document: fields, router, namespace and rules, then the normalised Canary when nothing is wrong. Pure.
import { isObject } from '../common/json.ts';
import { canaryDocument } from './canary.ts';
import { oldVersion } from './convert.ts';
import type { Converted } from './convert.ts';
import type { LoadOptions } from './load.ts';
import { isName, isServiceName } from './names.ts';
import { normalise } from './normalise.ts';
import { apexOf } from './normalise-service.ts';
import type { Path } from './path.ts';
import { pathText } from './path.ts';
import { router, routerAbilities } from './providers.ts';
import type { Provider } from './providers.ts';
import { whereText } from './read.ts';
import type { Document, Located } from './read.ts';
import { applyRules } from './rules.ts';
import type { Canary, JsonObject } from './types.ts';
import { unknownFields } from './unknown.ts';

/** What the loading of all files shares. */
export interface Loading {
  readonly options: LoadOptions;
  /** What --provider means; undefined without the flag, or when its word was refused. */
  readonly provider: Provider | undefined;
  readonly problems: Located[];
  /** Problems that were counted and not kept. */
  more: number;
  readonly notes: Located[];
  readonly found: FoundCanary[];
}

/** A Canary document, also one with problems: its names are compared with those of the others. */
export interface FoundCanary {
  readonly canary: Canary | undefined;
  readonly namespace: string;
  readonly name: string;
  readonly target: string;
  readonly apex: string;
  /** namespace/name of the MetricTemplates it refers to. */
  readonly templates: readonly string[];
  locate(path: Path, text: string): Located;
}

/** Nobody reads more, and garbage is answered fast. */
const most = 1000;

export function report(loading: Loading, locate: () => Located): void {
  if (loading.problems.length < most) loading.problems.push(locate());
  else loading.more++;
}

function countOf({ problems, more }: Loading): number {
  return problems.length + more;
}

export function loadCanary(document: Document, { object, original }: Converted, loading: Loading): void {
  const before = countOf(loading);
  const locate = (path: Path, text: string, side?: 'key' | 'value'): Located => document.locate(original(path), text, side);
  const say = (path: Path, text: string, side?: 'key' | 'value'): void => report(loading, () => locate(path, text, side));
  const note = (path: Path, text: string): void => void loading.notes.push(locate(path, text));
  const read = canaryDocument.read(object, [], { say, unknown: unknownFields('Canary', document.apiVersion === oldVersion) });
  const spec = isObject(object['spec']) ? object['spec'] : {};
  const provider = providerOf(spec, { loading, say });
  const namespace = namespaceOf(object, loading.options, say);
  const names = namesOf(object, spec);
  apexFits(spec, say);
  const can = routerAbilities[provider?.id ?? ''];
  const chosen = provider === undefined || can === undefined ? undefined : { ...provider, can };
  if (isObject(object['spec'])) applyRules({ spec, apex: `${names.apex}.${namespace}`, provider: chosen, say, note });
  const isValid = countOf(loading) === before && read !== undefined && provider !== undefined;
  const source = sourceOf(object, loading);
  const where = (path: Path): string => whereText(locate(path, pathText(path)));
  const around = { namespace, metricsUrl: loading.options.metricsUrl, source, where };
  const canary = isValid ? normalise(read, { ...around, provider }) : undefined;
  loading.found.push({ canary, namespace, ...names, templates: templatesOf(spec, namespace), locate });
}

/** What is kept of the document. A router of the flag takes the place of the file's: whoever puts traffic back later has no flag. */
function sourceOf({ status: _status, ...object }: JsonObject, { options, provider }: Loading): JsonObject {
  const { spec } = object;
  if (options.provider === undefined || provider === undefined || !isObject(spec)) return object;
  const { id, mesh } = provider;
  return { ...object, spec: { ...spec, provider: mesh === undefined ? id : `${id}:${mesh}` } };
}

type Say = (path: Path, text: string) => void;

/** The flag wins over the file, also over a word in the file that is not driven: that is what the flag is for. */
function providerOf(spec: JsonObject, { loading, say }: { loading: Loading; say: Say }): Provider | undefined {
  if (loading.options.provider !== undefined) return loading.provider;
  const written = spec['provider'];
  if (written !== undefined && written !== null && typeof written !== 'string') return undefined;
  const found = router(typeof written === 'string' && written !== '' ? written : 'istio');
  if (found.is === 'driven') return found;
  say(['spec', 'provider'], found.text);
  return undefined;
}

function namespaceOf(object: JsonObject, options: LoadOptions, say: Say): string {
  const metadata = object['metadata'];
  const written = isObject(metadata) ? metadata['namespace'] : undefined;
  const own = typeof written === 'string' && written !== '' ? written : undefined;
  const asked = options.namespace;
  if (asked !== undefined && own !== undefined && own !== asked) {
    say(
      ['metadata', 'namespace'],
      `the file says ${JSON.stringify(own)}, -n says ${JSON.stringify(asked)}; make them equal or leave one out`,
    );
  }
  return own ?? asked ?? options.defaultNamespace;
}

/** A target's name is a Service's name too, unless service.name is given. */
function apexFits(spec: JsonObject, say: Say): void {
  const { service, targetRef } = spec;
  const target = isObject(targetRef) ? targetRef['name'] : undefined;
  const own = isObject(service) ? service['name'] : undefined;
  if (typeof target !== 'string' || isName(target) !== undefined || typeof own === 'string') return;
  if (isServiceName(target) !== undefined) say(['spec', 'targetRef', 'name'], `${isServiceName(target) ?? ''}; or give spec.service.name`);
}

function namesOf(object: JsonObject, { targetRef, service }: JsonObject): { name: string; target: string; apex: string } {
  const textIn = (value: unknown, key: string): string => (isObject(value) && typeof value[key] === 'string' ? value[key] : '');
  const target = textIn(targetRef, 'name');
  const kind = textIn(targetRef, 'kind');
  return { name: textIn(object['metadata'], 'name'), target: target && `${kind}/${target}`, apex: apexOf(textIn(service, 'name'), target) };
}

/** namespace/name of every template that the metrics of a Canary refer to, as far as they can be read. */
function templatesOf({ analysis }: JsonObject, namespace: string): string[] {
  const metrics = isObject(analysis) && Array.isArray(analysis['metrics']) ? analysis['metrics'] : [];
  return metrics.flatMap((metric) => {
    const ref = isObject(metric) ? metric['templateRef'] : undefined;
    if (!isObject(ref) || typeof ref['name'] !== 'string') return [];
    return [`${typeof ref['namespace'] === 'string' ? ref['namespace'] : namespace}/${ref['name']}`];
  });
}
