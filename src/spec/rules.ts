// The rules between fields of a Canary, asked on the document as written so that one wrong field does not silence the others. Pure; each
// message says what to write instead. What one field may hold by itself stands in its declaration.
import { isObject } from '../common/json.ts';
import { parseDuration } from '../common/duration.ts';
import { notDriven } from './kernel.ts';
import type { Path } from './path.ts';
import { didYouMean } from './similar.ts';
import type { Json, JsonObject } from './types.ts';

export interface Ruling {
  readonly spec: JsonObject;
  /** A driven router, or undefined when the word for it was refused. */
  readonly provider: string | undefined;
  say(path: Path, text: string): void;
  note(path: Path, text: string): void;
}

export const builtInMetrics = ['request-success-rate', 'request-duration'];

export function applyRules(ruling: Ruling): void {
  target(ruling);
  scaler(ruling);
  service(ruling);
  const analysis = ruling.spec['analysis'];
  if (!isObject(analysis)) return;
  strategy(analysis, ruling);
  pace(analysis, ruling);
  metrics(analysis, ruling);
}

const targetKinds = ['Deployment', 'DaemonSet', 'Service'];

function target({ spec, say }: Ruling): void {
  const ref = spec['targetRef'];
  if (!isObject(ref) || typeof ref['kind'] !== 'string') return;
  const { apiVersion, kind } = ref;
  const at = ['spec', 'targetRef', 'kind'];
  const knative = typeof apiVersion === 'string' && apiVersion.startsWith('serving.knative.dev/');
  if (knative && kind === 'Service') return say(at, notDriven('a target of kind Service of Knative'));
  if (!targetKinds.includes(kind)) {
    return say(at, `unknown target kind ${JSON.stringify(kind)}${didYouMean(kind, targetKinds)} (known: ${targetKinds.join(', ')})`);
  }
  if (kind !== 'Deployment') return say(at, notDriven(`a target of kind ${kind}`));
  if (typeof apiVersion === 'string' && apiVersion !== 'apps/v1') {
    say(['spec', 'targetRef', 'apiVersion'], `expected apps/v1 for a Deployment, got ${JSON.stringify(apiVersion)}`);
  }
}

function scaler({ spec, say }: Ruling): void {
  const ref = spec['autoscalerRef'];
  if (!isObject(ref) || typeof ref['kind'] !== 'string') return;
  const { apiVersion, kind } = ref;
  const known = ['HorizontalPodAutoscaler', 'ScaledObject'];
  const at = ['spec', 'autoscalerRef', 'kind'];
  if (kind === 'ScaledObject') return say(at, notDriven('the autoscaler KEDA (kind ScaledObject)'));
  if (!known.includes(kind))
    return say(at, `unknown autoscaler kind ${JSON.stringify(kind)}${didYouMean(kind, known)} (known: ${known.join(', ')})`);
  if (typeof apiVersion === 'string' && !/^autoscaling\/v(1|2|2beta1|2beta2)$/.test(apiVersion)) {
    say(['spec', 'autoscalerRef', 'apiVersion'], `expected autoscaling/v2, got ${JSON.stringify(apiVersion)}`);
  }
  const bounds = ref['primaryScalerReplicas'];
  if (isObject(bounds) && numberOf(bounds['minReplicas']) > numberOf(bounds['maxReplicas'])) {
    say(['spec', 'autoscalerRef', 'primaryScalerReplicas', 'minReplicas'], 'more than maxReplicas');
  }
}

function service({ spec, provider, say, note }: Ruling): void {
  const fields = spec['service'];
  if (!isObject(fields)) return;
  const protocol = fields['appProtocol'];
  if (provider === 'istio' && typeof protocol === 'string' && protocol.toLowerCase() === 'tcp') {
    say(['spec', 'service', 'appProtocol'], notDriven('a TCP route (appProtocol tcp)'));
  }
  for (const name of ['gateways', 'hosts']) {
    const given = fields[name];
    const filled = Array.isArray(given) && given.length > 0;
    if (provider === 'kubernetes' && filled) note(['spec', 'service', name], 'not used by the provider kubernetes, which has no routes');
  }
}

const weightFields = ['stepWeight', 'stepWeights'];

function strategy(analysis: JsonObject, { provider, say, note }: Ruling): void {
  const at = (name: string): Path => ['spec', 'analysis', name];
  const steps = weightFields.filter((name) => isGiven(analysis[name]));
  const iterations = isGiven(analysis['iterations']);
  if (steps.length > 0 && iterations) {
    say(at('iterations'), `iterations (blue/green) and ${steps.join(', ')} (weights) exclude each other; remove one of them`);
  } else if (steps.length === 0 && !iterations) {
    const write = provider === 'kubernetes' ? 'iterations' : 'stepWeight or stepWeights';
    say(['spec', 'analysis'], `nothing says how to step; write ${write}. A Flagger controller would stay at weight 0 for ever`);
  } else if (provider === 'kubernetes' && steps.length > 0) {
    for (const name of steps)
      say(at(name), 'the provider kubernetes cannot split traffic; write iterations (a Flagger controller would use 10)');
  } else if (provider === 'istio' && iterations) {
    say(
      at('iterations'),
      `${notDriven('blue/green (iterations) on the provider istio')}; write stepWeight, or use the provider kubernetes`,
    );
  }
  rising(analysis, say);
  if (steps.length === 2) note(at('stepWeights'), 'only its last entry is used, as the maximum: stepWeight decides the steps');
  if (steps.includes('stepWeights') && isGiven(analysis['maxWeight']))
    note(at('maxWeight'), 'not used: the last of stepWeights is the maximum');
  if (!iterations) return;
  for (const name of ['maxWeight', 'stepWeightPromotion'])
    if (isGiven(analysis[name])) note(at(name), 'not used beside iterations: blue/green moves all traffic at once');
}

function rising({ stepWeights }: JsonObject, say: Ruling['say']): void {
  if (!Array.isArray(stepWeights)) return;
  stepWeights.forEach((weight, index) => {
    const before = stepWeights[index - 1];
    if (typeof weight !== 'number' || typeof before !== 'number' || weight > before) return;
    say(['spec', 'analysis', 'stepWeights', index], `expected more than the weight before it (${before}), got ${weight}`);
  });
}

function pace(analysis: JsonObject, { note }: Ruling): void {
  const { interval, threshold } = analysis;
  const millis = typeof interval === 'string' ? parseDuration(interval) : undefined;
  if (millis !== undefined && millis >= 1000 && millis < 10_000) {
    note(['spec', 'analysis', 'interval'], `${String(interval)} is kept; a Flagger controller would raise it to 10s`);
  }
  if (typeof threshold === 'number' && threshold <= 0) note(['spec', 'analysis', 'threshold'], `${threshold} means 1, as in Flagger`);
}

function metrics(analysis: JsonObject, ruling: Ruling): void {
  const given = analysis['metrics'];
  const hooks = analysis['webhooks'];
  const measured = Array.isArray(given) && given.length > 0;
  if (!measured && !(Array.isArray(hooks) && hooks.length > 0)) {
    ruling.note(['spec', 'analysis'], 'neither metrics nor webhooks: nothing but pods that are not ready can stop this release');
  }
  if (Array.isArray(given))
    given.forEach((metric, index) => isObject(metric) && oneMetric(metric, ['spec', 'analysis', 'metrics', index], ruling));
}

function oneMetric(metric: JsonObject, path: Path, { say }: Ruling): void {
  const { name, threshold, thresholdRange } = metric;
  const asked = isGiven(metric['query']) || isGiven(metric['templateRef']);
  if (typeof name === 'string' && !builtInMetrics.includes(name) && !asked) {
    const known = `built in: ${builtInMetrics.join(', ')}; any other name needs a templateRef or a query`;
    say([...path, 'name'], `unknown metric ${JSON.stringify(name)}${didYouMean(name, builtInMetrics)} (${known})`);
  }
  const range = isObject(thresholdRange) ? thresholdRange : {};
  const bounded = isPresent(range['min']) || isPresent(range['max']);
  if (isObject(thresholdRange) && !bounded) {
    const instead = isPresent(threshold) ? 'write min or max here, or remove it and keep threshold' : 'write min or max';
    say([...path, 'thresholdRange'], `no bounds: ${instead} (a Flagger controller would let every value pass)`);
  } else if (!isPresent(thresholdRange) && !isPresent(threshold)) {
    say(path, 'no bounds: write thresholdRange with min or max (a Flagger controller would take 0 for the bound)');
  }
  if (bounded && isPresent(threshold)) say([...path, 'threshold'], 'not used beside thresholdRange; remove one of them');
  if (numberOf(range['min']) > numberOf(range['max'])) {
    say([...path, 'thresholdRange', 'min'], `nothing can pass: min ${String(range['min'])} is above max ${String(range['max'])}`);
  }
}

/** Says something; 0, [] and null say as much as nothing. */
function isGiven(value: Json | undefined): boolean {
  return isPresent(value) && value !== 0 && value !== '' && !(Array.isArray(value) && value.length === 0);
}

function isPresent(value: Json | undefined): boolean {
  return value !== undefined && value !== null;
}

/** NaN compares false with everything: a rule about numbers is silent where they are not numbers. */
function numberOf(value: Json | undefined): number {
  return typeof value === 'number' ? value : NaN;
}
