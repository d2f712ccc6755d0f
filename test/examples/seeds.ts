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

/** The fourth seed: what stands behind the Services and Deployments before and after the canary is defined. */
export const layout: readonly string[] = [
  'podinfo  <ip>:9898  <age>',
  'podinfo  <ip>:9898  <age>',
  'podinfo-canary  <none>  <age>',
  'podinfo-primary  <ip>:9898  <age>',
];
export const route: readonly string[] = [
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
export const mirrored: readonly string[] = weights(20, 40, 60);
