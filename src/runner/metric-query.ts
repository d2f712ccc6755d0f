// What a metric asks, and whom: built-in, inline and templated queries alike. Asks nothing itself.
import type { Canary, Metric, MetricsServer } from '../contracts.ts';
import type { Kit } from '../core/types.ts';
import { queriesOf, renderQuery } from '../kit.ts';
import { keysIn, secretRef, type SecretBook } from './secrets.ts';

/** `scale`: what the number is multiplied by to be what the bounds are in. */
export function queryOf(kit: Kit, metric: Metric): { query: string; scale: number } | { why: string } {
  if (metric.source.kind !== 'builtin') {
    const rendered = renderedQuery(kit.canary, metric);
    return 'why' in rendered ? rendered : { ...rendered, scale: 1 };
  }
  const queries = queriesOf(kit);
  const variables = { ...namesOf(kit.canary), interval: metric.interval };
  return metric.name === 'request-duration'
    ? { query: queries.duration(variables), scale: queries.durationScale }
    : { query: queries.successRate(variables), scale: 1 };
}

/** Of an inline query or a template that was found. */
export function renderedQuery(canary: Canary, { source, interval }: Metric): { query: string } | { why: string } {
  const text = source.kind === 'query' ? source.query : source.kind === 'template' ? source.found?.query : undefined;
  if (text === undefined) return { why: 'the metric template was not looked for' };
  const { target } = namesOf(canary);
  const variables = source.kind === 'template' ? source.variables : {};
  // Ingress and route are the target's name where the spec names none.
  return renderQuery(text, { ...namesOf(canary), ingress: target, route: target, interval, variables });
}

function namesOf(canary: Canary): { name: string; namespace: string; target: string; service: string } {
  return { name: canary.name, namespace: canary.namespace, target: canary.targetRef.name, service: canary.service.name };
}

/** A template may leave its address to the canary; its Secret and headers go with it wherever it asks. */
export function serverOf(canary: Canary, { source }: Metric, secrets: SecretBook): MetricsServer {
  const template = source.kind === 'template' ? source.found : undefined;
  if (source.kind !== 'template' || !template) return { address: canary.metricsServer, headers: {}, insecure: false };
  return {
    address: template.address ?? canary.metricsServer,
    headers: template.headers,
    insecure: template.insecure,
    ...(template.secret === undefined ? {} : { secret: keysIn(secrets, secretRef(source.ref.namespace, template.secret)) }),
  };
}
