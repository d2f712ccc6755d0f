// What the project's seed documents show, as data: lines of events in their order, columns, blocks. Shares of traffic are blanked.

const weights = (...all: number[]): string[] => all.map((weight) => `Advance podinfo.test canary weight ${weight}`);

export const promotion: readonly string[] = [
  'New revision detected podinfo.test',
  'Scaling up podinfo.test',
  'Waiting for podinfo.test rollout to finish: 0 of 1 updated replicas are available',
  ...weights(5, 10, 15, 20, 25, 30, 35, 40, 45, 50),
  'Copying podinfo.test template spec to podinfo-primary.test',
  'Waiting for podinfo-primary.test rollout to finish: 1 of 2 updated replicas are available',
  'Promotion completed! Scaling down podinfo.test',
];

const halt = 'Halt podinfo.test advancement success rate n.nn% < 99%';

export const rollback: readonly string[] = [
  'Starting canary deployment for podinfo.test',
  ...weights(5, 10, 15),
  ...Array<string>(5).fill(halt),
  'Rolling back podinfo.test failed checks threshold reached 10',
  'Canary failed! Scaling down podinfo.test',
];

/** The second document: the result is published to Slack. In Flagger's words. */
export const published: readonly string[] = [
  'sandbox: slack: podinfo.test: New revision detected, progressing canary analysis.',
  'sandbox: slack: podinfo.test: Canary analysis completed successfully, promotion finished.',
];

const block = (phase: string, failedChecks: number): string[] => [
  'Status:',
  '  Canary Weight:  0',
  `  Failed Checks:  ${failedChecks}`,
  `  Phase:  ${phase}`,
  'Events:',
  '  Type  Reason  Age  From  Message',
  '  ----  ------  ----  ----  -------',
];

export const succeeded = block('Succeeded', 0);
export const failed = block('Failed', 10);
export const statusColumns = 'NAMESPACE  NAME  STATUS  WEIGHT  LASTTRANSITIONTIME';

/** The third document gives commands and what it expects of them in words. */
export const reviews: readonly string[] = [
  'deployment.apps/reviews configured',
  ...[10, 20, 30, 40, 50].map((weight) => `Advance reviews.default canary weight ${weight}`),
  'Promotion completed! Scaling down reviews.default',
];

/** The last document: what stands behind Services, Deployments and the route before and after there is a canary. */
export const endpointsBefore: readonly string[] = ['NAME  ENDPOINTS  AGE', 'flagger-loadtester  <ip>:8080  <age>', 'podinfo  <ip>:9898  <age>'];
export const endpoints: readonly string[] = [
  ...endpointsBefore,
  'podinfo-canary  <none>  <age>',
  'podinfo-primary  <ip>:9898  <age>',
];
/** As today's kubectl counts what DESIRED, CURRENT, UP-TO-DATE and AVAILABLE said. */
export const deployments: readonly string[] = [
  'flagger-loadtester  1/1  1  1  <age>',
  'podinfo  0/0  0  0  <age>',
  'podinfo-primary  1/1  1  1  <age>',
];
export const route: readonly string[] = [
  'spec:',
  '  gateways:',
  '  - mesh',
  '  hosts:',
  '  - app.example.com',
  '  - podinfo',
  '  http:',
  '  - route:',
  '    - destination:',
  '        host: podinfo-primary',
  '      weight: 100',
  '    - destination:',
  '        host: podinfo-canary',
  '      weight: 0',
];
export const shifting: readonly string[] = [
  'deployment.apps/podinfo image updated',
  ...weights(0),
  '  - mirror:',
  '      host: podinfo-canary',
  ...weights(20, 40, 60),
  'Promotion completed! Scaling down podinfo.test',
];
