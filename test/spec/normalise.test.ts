// The second guard behind the rules: a bound that the file gives is in the Canary even when a rule lets the file pass.
import { expect, test } from '@jest/globals';
import { canaryDocument } from '../../src/spec/canary.ts';
import { normalise } from '../../src/spec/normalise.ts';
import type { Json, Metric } from '../../src/spec/types.ts';

function boundsOf(metric: { [key: string]: Json }): Pick<Metric, 'min' | 'max'> {
  const source = {
    apiVersion: 'flagger.app/v1beta1',
    kind: 'Canary',
    metadata: { name: 'podinfo' },
    spec: {
      targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' },
      service: { port: 80 },
      analysis: { stepWeight: 10, metrics: [metric] },
    },
  };
  const report = {
    say: (_path: unknown, text: string): never => {
      throw new Error(text);
    },
    unknown: () => 'unknown',
  };
  const read = canaryDocument.read(source, [], report);
  if (read === undefined) throw new Error('not read');
  const around = { provider: { id: 'istio' }, namespace: 'test', metricsUrl: undefined, source, where: () => '' };
  const [{ min, max } = {}] = normalise(read, around).metrics;
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

test.each<[{ [key: string]: Json }, object]>([
  [{ name: 'request-success-rate', threshold: 99, thresholdRange: {} }, { min: 99 }],
  [{ name: 'request-duration', threshold: 500, thresholdRange: { min: null, max: null } }, { max: 500 }],
  [{ name: 'request-success-rate', threshold: 99 }, { min: 99 }],
  [{ name: 'request-success-rate', threshold: 0 }, { min: 0 }],
  [{ name: 'request-duration', thresholdRange: { min: 0 } }, { min: 0 }],
  [{ name: 'request-success-rate', query: 'up', threshold: 99, thresholdRange: {} }, { max: 99 }],
  [{ name: 'request-success-rate', templateRef: { name: 'a' }, threshold: 99 }, { max: 99 }],
])('%j', (metric, bounds) => expect(boundsOf(metric)).toEqual(bounds));
