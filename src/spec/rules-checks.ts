// The rules about how a release is judged: pace, metrics and webhooks. Pure.
import { isObject } from '../common/json.ts';
import { parseDuration } from '../common/duration.ts';
import { pathText } from './path.ts';
import type { Path } from './path.ts';
import { isGiven, isPresent, isSkipped, numberOf } from './ruling.ts';
import type { Ruling } from './ruling.ts';
import { didYouMean } from './similar.ts';
import type { JsonObject } from './types.ts';

const builtInMetrics = ['request-success-rate', 'request-duration'];

export function checkRules(analysis: JsonObject, ruling: Ruling): void {
  pace(analysis, ruling);
  const { metrics, webhooks } = analysis;
  const isJudged = isGiven(metrics) || isGiven(webhooks);
  if (!isJudged && !isSkipped(ruling)) {
    ruling.note(['spec', 'analysis'], 'neither metrics nor webhooks: nothing but pods that are not ready can stop this release');
  }
  if (Array.isArray(metrics)) {
    metrics.forEach((metric, index) => {
      const path = ['spec', 'analysis', 'metrics', index];
      if (!isObject(metric)) return;
      source(metric, path, ruling);
      bounds(metric, path, ruling);
    });
  }
  if (Array.isArray(webhooks))
    hooks(
      webhooks.map((hook) => (isObject(hook) ? hook : {})),
      analysis,
      ruling,
    );
}

function pace(analysis: JsonObject, { note }: Ruling): void {
  const { interval, threshold } = analysis;
  const millis = typeof interval === 'string' ? parseDuration(interval) : undefined;
  if (millis !== undefined && millis >= 1000 && millis < 10_000) {
    note(['spec', 'analysis', 'interval'], `${String(interval)} is kept; a Flagger controller would raise it to 10s`);
  }
  if (typeof threshold === 'number' && threshold <= 0) note(['spec', 'analysis', 'threshold'], `${threshold} means 1, as in Flagger`);
}

function source(metric: JsonObject, path: Path, { say, note }: Ruling): void {
  const { name } = metric;
  const [byQuery, byTemplate] = [isGiven(metric['query']), isGiven(metric['templateRef'])];
  const isBuiltIn = typeof name === 'string' && builtInMetrics.includes(name);
  if (byQuery && byTemplate) say([...path, 'templateRef'], 'query and templateRef exclude each other; remove one of them');
  if (isBuiltIn && (byQuery || byTemplate)) {
    const asked = byTemplate ? 'templateRef' : 'query';
    note([...path, 'name'], `the ${asked} is asked; a Flagger controller would ask its built-in ${name} too`);
  } else if (typeof name === 'string' && name !== '' && !isBuiltIn && !byQuery && !byTemplate) {
    const known = `built in: ${builtInMetrics.join(', ')}; any other name needs a templateRef or a query`;
    say([...path, 'name'], `unknown metric ${JSON.stringify(name)}${didYouMean(name, builtInMetrics)} (${known})`);
  }
  const { templateVariables } = metric;
  if (!byTemplate && isObject(templateVariables) && Object.keys(templateVariables).length > 0) {
    note([...path, 'templateVariables'], 'not used without templateRef');
  }
}

function bounds(metric: JsonObject, path: Path, { say }: Ruling): void {
  const { threshold, thresholdRange } = metric;
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

/** A run waits at these, and what they answered is remembered by their names. */
const gates = ['confirm-rollout', 'confirm-traffic-increase', 'confirm-promotion', 'rollback'];
const neverWhenSkipped = ['rollout', 'pre-rollout', 'confirm-traffic-increase', 'confirm-promotion'];

function hooks(given: readonly JsonObject[], analysis: JsonObject, ruling: Ruling): void {
  const { say, note } = ruling;
  const first = new Map<string, string>();
  given.forEach(({ name, type: written }, index) => {
    const path = ['spec', 'analysis', 'webhooks', index];
    const type = typeof written === 'string' && written !== '' ? written : 'rollout';
    if (isSkipped(ruling)) {
      if (neverWhenSkipped.includes(type)) note(path, `never called: skipAnalysis leaves out webhooks of type ${type}`);
    } else if (type === 'confirm-traffic-increase' && isGiven(analysis['iterations'])) {
      note(path, 'never called: beside iterations no weight is increased');
    }
    if (typeof name !== 'string' || !gates.includes(type)) return;
    const other = first.get(name);
    if (other === undefined) first.set(name, pathText(path.slice(2)));
    else say([...path, 'name'], `${other} is a gate of the name ${JSON.stringify(name)} too; give each gate a name of its own`);
  });
}
