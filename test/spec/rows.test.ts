// The declarations cover all of Flagger: a list of its field paths, kept by hand, against the rows that the docs are made of.
import { describe, expect, test } from '@jest/globals';
import { fieldRows } from '../../src/spec/documents.ts';

/** Field names under each path of the v1beta1 kinds. */
const flagger: Record<string, Record<string, string>> = {
  Canary: {
    spec: 'provider metricsServer targetRef autoscalerRef ingressRef routeRef upstreamRef service analysis progressDeadlineSeconds skipAnalysis revertOnDeletion suspend',
    'spec.targetRef': 'apiVersion kind name',
    'spec.autoscalerRef': 'apiVersion kind name primaryScalerQueries primaryScalerReplicas',
    'spec.autoscalerRef.primaryScalerReplicas': 'minReplicas maxReplicas',
    'spec.upstreamRef': 'name namespace',
    'spec.service':
      'name port portName targetPort appProtocol trafficDistribution headless portDiscovery gateways hosts delegation trafficPolicy match rewrite retries timeout headers corsPolicy gatewayRefs backendTimeout mirror meshName backends apex primary canary unmanagedMetadata',
    'spec.service.rewrite': 'uri authority type',
    'spec.service.retries': 'attempts perTryTimeout retryOn',
    'spec.service.gatewayRefs[]': 'group kind namespace name sectionName port',
    'spec.service.mirror[]': 'backendRef',
    'spec.service.mirror[].backendRef': 'group kind namespace name port',
    'spec.service.headers': 'request response',
    'spec.service.headers.request': 'set add remove',
    'spec.service.headers.response': 'set add remove',
    'spec.service.apex': 'labels annotations',
    'spec.service.primary': 'labels annotations',
    'spec.service.canary': 'labels annotations',
    'spec.service.unmanagedMetadata': 'labels annotations',
    'spec.analysis':
      'interval threshold maxWeight stepWeight stepWeights stepWeightPromotion iterations match mirror mirrorWeight primaryReadyThreshold canaryReadyThreshold sessionAffinity metrics webhooks alerts',
    'spec.analysis.sessionAffinity': 'cookieName primaryCookieName maxAge domain path httpOnly secure sameSite partitioned',
    'spec.analysis.metrics[]': 'name interval thresholdRange threshold query templateRef templateVariables',
    'spec.analysis.metrics[].thresholdRange': 'min max',
    'spec.analysis.metrics[].templateRef': 'name namespace',
    'spec.analysis.webhooks[]': 'name type url timeout retries disableTLS muteAlert metadata',
    'spec.analysis.alerts[]': 'name severity providerRef',
    'spec.analysis.alerts[].providerRef': 'name namespace',
  },
  MetricTemplate: {
    spec: 'provider query',
    'spec.provider': 'type address secretRef headers region insecureSkipVerify',
    'spec.provider.secretRef': 'name',
  },
  AlertProvider: { spec: 'type channel username address proxy secretRef', 'spec.secretRef': 'name' },
};

describe('every field of Flagger is declared', () => {
  const rows = fieldRows();
  const paths = Object.entries(flagger).flatMap(([kind, parents]) =>
    Object.entries(parents).flatMap(([parent, names]) => names.split(' ').map((name) => [kind, `${parent}.${name}`] as const)),
  );
  test.each(paths)('%s %s', (kind, path) => {
    const row = rows.find((each) => each.kind === kind && each.path === path);
    expect(row?.doc).toMatch(/^[A-Za-z].*\.$/);
  });

  test('and what is not driven says so, with everything below it', () => {
    const later = (path: string): string | undefined => rows.find((each) => each.kind === 'Canary' && each.path === path)?.later;
    expect(later('spec.upstreamRef.name')).toBe('the router gloo');
    expect(later('spec.analysis.stepWeight')).toBeUndefined();
  });

  test('the fields that are not driven are these', () => {
    const undriven = rows.filter((row) => row.later !== undefined);
    const tops = undriven.filter(({ path }) => !undriven.some((each) => path.startsWith(`${each.path}.`)));
    expect(tops.map(({ kind, path }) => `${kind} ${path}`).sort()).toEqual([
      'Canary spec.autoscalerRef.primaryScalerQueries',
      'Canary spec.ingressRef',
      'Canary spec.routeRef',
      'Canary spec.service.backends',
      'Canary spec.service.meshName',
      'Canary spec.upstreamRef',
    ]);
  });
});
