// The rules between fields of a Canary, asked on the document as written so that one wrong field does not silence the others. Pure; each
// message says what to write instead. What one field may hold by itself stands in its declaration.
import { isObject } from '../common/json.ts';
import { notDriven } from './kernel.ts';
import { checkRules } from './rules-checks.ts';
import { serviceRules } from './rules-service.ts';
import { strategyRules } from './rules-strategy.ts';
import { isPresent, isSkipped, numberOf } from './ruling.ts';
import type { Ruling } from './ruling.ts';
import { didYouMean } from './similar.ts';

export function applyRules(ruling: Ruling): void {
  target(ruling);
  scaler(ruling);
  serviceRules(ruling);
  const { spec, say, note } = ruling;
  const { analysis } = spec;
  if (spec['revertOnDeletion'] === true) {
    note(
      ['spec', 'revertOnDeletion'],
      'not used: nothing happens when this file is deleted; "canary delete NAME" puts everything back, with or without it',
    );
  }
  if (!isPresent(analysis) && !isSkipped(ruling)) {
    say(['spec', 'analysis'], 'missing; expected a mapping: How a release is judged and stepped.');
  }
  if (!isObject(analysis)) return;
  strategyRules(analysis, ruling);
  checkRules(analysis, ruling);
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
