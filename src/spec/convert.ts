// flagger.app/v1alpha3 into v1beta1, and back again for places: messages name and point at what the file really says. Pure.
import { isObject } from '../common/json.ts';
import type { Path } from './path.ts';
import { currentWord } from './providers.ts';
import type { Json, JsonObject } from './types.ts';

export interface Converted {
  readonly object: JsonObject;
  /** Where a path of the converted document stands in the file. */
  original(path: Path): Path;
}

export const oldVersion = 'flagger.app/v1alpha3';
export const currentVersion = 'flagger.app/v1beta1';

export function unconverted(object: JsonObject): Converted {
  return { object, original: (path) => path };
}

export function convert(object: JsonObject): Converted {
  const spec = object['spec'];
  if (!isObject(spec)) return unconverted({ ...object, apiVersion: currentVersion });
  const { canaryAnalysis, ...others } = spec;
  const { provider } = others;
  const rest = typeof provider === 'string' ? { ...others, provider: currentWord(provider) } : others;
  const moved = new Set<number>();
  const analysis = canaryAnalysis === undefined ? {} : { analysis: convertAnalysis(canaryAnalysis, moved) };
  return { object: { ...object, apiVersion: currentVersion, spec: { ...rest, ...analysis } }, original: (path) => original(path, moved) };
}

/** `moved` gets the indexes of the metrics whose threshold became a range. */
function convertAnalysis(analysis: Json, moved: Set<number>): Json {
  if (!isObject(analysis) || !Array.isArray(analysis['metrics'])) return analysis;
  const metrics = analysis['metrics'].map((metric, index) => {
    if (!isObject(metric) || typeof metric['threshold'] !== 'number' || isObject(metric['thresholdRange'])) return metric;
    moved.add(index);
    const { threshold, ...rest } = metric;
    return { ...rest, thresholdRange: rangeOf(metric, threshold) };
  });
  return { ...analysis, metrics };
}

/** What the old `threshold` of a metric means: the least success rate, the most of everything else, a query's value too. */
export function rangeOf<T>(metric: { name?: unknown; query?: unknown; templateRef?: unknown }, threshold: T): { min: T } | { max: T } {
  const isAsked = Boolean(metric.query) || Boolean(metric.templateRef);
  return metric.name === 'request-success-rate' && !isAsked ? { min: threshold } : { max: threshold };
}

function original(path: Path, moved: ReadonlySet<number>): Path {
  const [spec, analysis, metrics, index, field] = path;
  if (spec !== 'spec' || analysis !== 'analysis') return path;
  const old = [spec, 'canaryAnalysis', ...path.slice(2)];
  const isMoved = metrics === 'metrics' && typeof index === 'number' && moved.has(index) && field === 'thresholdRange';
  return isMoved ? [...old.slice(0, 4), 'threshold'] : old;
}
