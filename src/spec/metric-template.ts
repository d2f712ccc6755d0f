// The MetricTemplate document, declared once. Pure data.
import { flag, oneOf, text, textLists } from './fields.ts';
import { object } from './kernel.ts';
import { frame } from './metadata.ts';
import { isHttpUrl, isName } from './names.ts';

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
  type: oneOf(metricsProviders, { required: true, doc: 'Who is asked.' }),
  address: text({ check: isHttpUrl, doc: 'Where it is asked.' }),
  secretRef: object(
    { name: text({ required: true, check: isName, doc: 'The name of the Secret.' }) },
    { doc: 'The Secret with what it needs to sign in.' },
  ),
  headers: textLists({ doc: 'Headers of the request, each with its values.' }),
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
        doc: 'The query, with {{ name }}, {{ namespace }}, {{ target }}, {{ service }}, {{ interval }} and {{ variables.x }}.',
      }),
    },
    { required: true, doc: 'What is measured.' },
  ),
};

export const metricTemplateDocument = object(metricTemplateFields, { doc: 'A query that Canaries refer to.' });
