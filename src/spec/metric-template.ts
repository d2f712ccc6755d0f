// The MetricTemplate document, declared once. Pure data.
import { flag, oneOf, text, textLists } from './fields.ts';
import { object } from './kernel.ts';
import type { Infer } from './kernel.ts';
import { frame } from './metadata.ts';
import { isHttpUrl, isName, isPlain, isToken, unlessEmpty } from './names.ts';

const metricsProviders = [
  'prometheus',
  'datadog',
  'cloudwatch',
  'newrelic',
  'graphite',
  'stackdriver',
  'influxdb',
  'dynatrace',
  'splunk',
  'keptn',
  'externalmetrics',
] as const;

const providerFields = {
  type: oneOf(metricsProviders, { required: true, doc: 'Who is asked. Driven: prometheus.' }),
  address: text({ check: unlessEmpty(isHttpUrl), doc: "Where it is asked; the Canary's metrics server when left out." }),
  secretRef: object(
    { name: text({ required: true, check: isName, doc: 'The name of the Secret.' }) },
    { doc: 'The Secret with what it needs to sign in.' },
  ),
  headers: textLists({ default: {}, check: areHeaders, doc: 'Headers of the request, each with its values.' }),
  region: text({ doc: 'cloudwatch: the region.' }),
  insecureSkipVerify: flag({ default: false, doc: 'Does not verify the certificate.' }),
};

export const metricTemplateFields = {
  ...frame,
  spec: object(
    {
      provider: object(providerFields, { required: true, doc: 'Who is asked, and where.' }),
      query: text({
        required: true,
        check: (query) => (query.trim() === '' ? 'expected a query, got nothing but white space' : undefined),
        doc: 'The query, with {{ name }}, {{ namespace }}, {{ target }}, {{ service }}, {{ ingress }}, {{ route }}, {{ interval }} and {{ variables.x }}.',
      }),
    },
    { required: true, doc: 'What is measured.' },
  ),
};

function areHeaders(headers: Readonly<Record<string, readonly string[]>>): string | undefined {
  const odd = Object.keys(headers).find((name) => isToken(name) !== undefined);
  if (odd !== undefined) return `expected names of headers, got ${JSON.stringify(odd)}`;
  return Object.values(headers).flat().every(isPlain) ? undefined : 'expected values without control characters';
}

export type MetricTemplateDocument = Infer<typeof metricTemplateFields>;
export const metricTemplateDocument = object(metricTemplateFields, { doc: 'A query that Canaries refer to.' });
