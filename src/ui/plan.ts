// A canary in one line, for `validate` and for the beginning of a run. Says what will be done; never whether it is wise.
import type { Canary } from '../contracts.ts';
import { cleanText } from '../common/clean.ts';
import { span } from './time.ts';

/** podinfo.test · istio · Deployment/podinfo · weights 5 10 15 % · checks every 10s · rolled back at 10 failed checks */
export function planLine(canary: Canary): string {
  const parts = [
    nameOf(canary),
    canary.provider,
    `${canary.targetRef.kind}/${canary.targetRef.name}`,
    strategy(canary),
    `checks every ${span(canary.interval)}`,
    `rolled back at ${canary.threshold} failed ${canary.threshold === 1 ? 'check' : 'checks'}`,
  ];
  if (canary.suspend) parts.push('suspended');
  return cleanText(parts.join(' · '), 400);
}

/** The name that the event lines use: podinfo.test */
export function nameOf(canary: Canary): string {
  return `${canary.name}.${canary.namespace}`;
}

function strategy({ strategy: way }: Canary): string {
  switch (way.kind) {
    case 'skip':
      return 'no analysis: ready pods are enough';
    case 'weights':
      return `${way.mirror === undefined ? '' : `mirrors ${way.mirror} %, then `}weights ${shortened(way.steps)} %`;
    case 'iterations': {
      const mirrored = way.mirror === undefined ? '' : ` on ${way.mirror} % of the requests, mirrored`;
      return `${way.by === 'match' ? 'A/B test' : 'blue/green'}, ${way.count} ${way.count === 1 ? 'iteration' : 'iterations'}${mirrored}`;
    }
  }
}

/** Long ladders are shown by both ends. */
function shortened(steps: readonly number[]): string {
  if (steps.length <= 10) return steps.join(' ');
  return `${steps.slice(0, 3).join(' ')} … ${steps.slice(-2).join(' ')}`;
}
