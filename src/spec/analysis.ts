// spec.analysis: how a release is judged and stepped, every field of Flagger's. Pure data.
import { parseDuration } from '../common/duration.ts';
import { anything, duration, flag, number, oneOf, strings, text, whole } from './fields.ts';
import { defaultsOf, list, object } from './kernel.ts';
import type { Infer } from './kernel.ts';
import { longestHookTimeout } from './limits.ts';
import { namedRef } from './metadata.ts';
import { isHttpUrl, isPlain, isRange, isTitle, isToken } from './names.ts';

const percent = { min: 0, max: 100 };

const metricFields = {
  name: text({ required: true, check: isTitle, doc: 'request-success-rate, request-duration, or any name beside a query or templateRef.' }),
  interval: duration(1, { default: '1m', check: isRange, doc: 'The range of the query.' }),
  thresholdRange: object(
    {
      min: number({ doc: 'A lower value fails the check.' }),
      max: number({ doc: 'A higher value fails the check.' }),
    },
    { doc: 'The bounds; the bounds themselves pass.' },
  ),
  threshold: number({ doc: 'Old form of thresholdRange: the min of request-success-rate, the max of all others.' }),
  query: text({ doc: 'A PromQL query for the metrics server; takes the functions of templates.' }),
  templateRef: object(namedRef('MetricTemplate'), { doc: 'The MetricTemplate to ask: one of the files, else one of the cluster.' }),
  templateVariables: strings({ default: {}, doc: 'What the template takes as {{ variables.x }}.' }),
};

const hookTypes = [
  '',
  'rollout',
  'pre-rollout',
  'confirm-rollout',
  'confirm-traffic-increase',
  'confirm-promotion',
  'rollback',
  'post-rollout',
  'event',
] as const;

const hookFields = {
  name: text({ required: true, check: isTitle, doc: 'Its name in events; a gate needs one of its own.' }),
  type: oneOf(hookTypes, {
    default: '',
    doc: 'When it is called; rollout (at every check) when left out.',
  }),
  url: text({ required: true, check: isHttpUrl, doc: 'Where the POST goes.' }),
  timeout: duration(1, { default: '10s', check: atMostLongest, doc: 'Time for an answer, all tries together; at most 1h.' }),
  retries: whole({ min: 0 }, { default: 0, doc: 'Further tries after no answer, 429 or 5xx.' }),
  disableTLS: flag({ default: false, doc: 'Does not verify the certificate.' }),
  muteAlert: flag({ default: false, doc: 'Sends no alert while this gate waits.' }),
  metadata: strings({ default: {}, doc: 'Handed on in the body.' }),
};

const alertFields = {
  name: text({ required: true, check: isTitle, doc: 'Its name.' }),
  severity: oneOf(['', 'info', 'warn', 'error'], { default: 'info', doc: 'The least severity that is sent.' }),
  providerRef: object(namedRef('AlertProvider'), {
    required: true,
    doc: 'The AlertProvider that sends it: one of the files, else one of the cluster.',
  }),
};

const affinityFields = {
  cookieName: text({ required: true, check: isToken, doc: 'The cookie that keeps a user on the canary.' }),
  primaryCookieName: text({ check: isToken, doc: 'The cookie that keeps a user on the primary.' }),
  maxAge: whole({ min: 0 }, { default: 86400, doc: 'Max-Age, in seconds.' }),
  domain: text({ check: isAttribute, doc: 'Domain of the cookie.' }),
  path: text({ check: isAttribute, doc: 'Path of the cookie.' }),
  httpOnly: flag({ default: false, doc: 'HttpOnly.' }),
  secure: flag({ default: false, doc: 'Secure.' }),
  sameSite: oneOf(['Strict', 'Lax', 'None'], { doc: 'SameSite.' }),
  partitioned: flag({ default: false, doc: 'Partitioned.' }),
};

export const analysisFields = {
  interval: duration(1000, { default: '60s', doc: 'Time between checks.' }),
  threshold: whole({}, { default: 1, doc: 'Failed checks in all that lead to a rollback; 0 or less means 1.' }),
  maxWeight: whole({ min: 1, max: 100 }, { doc: 'Per cent of traffic at which the canary is promoted; 100 when left out.' }),
  stepWeight: whole(percent, { default: 0, doc: 'Per cent of traffic added at each step.' }),
  stepWeights: list(whole({ min: 1, max: 100 }, { doc: 'A weight.' }), {
    default: [],
    doc: 'The weights of the canary, rising; the last promotes.',
  }),
  stepWeightPromotion: whole(percent, {
    default: 0,
    doc: 'Per cent of traffic that goes back to the primary at each step of promotion; 0 is all at once.',
  }),
  iterations: whole({ min: 0 }, { default: 0, doc: 'Checks of a blue/green release, or of an A/B test beside match.' }),
  primaryReadyThreshold: whole(percent, { default: 100, doc: "Per cent of the primary's updated pods that must be available." }),
  canaryReadyThreshold: whole(percent, { default: 100, doc: "Per cent of the canary's updated pods that must be available." }),
  metrics: list(object(metricFields, { doc: 'One metric.' }), { default: [], doc: 'What is measured at every check.' }),
  webhooks: list(object(hookFields, { doc: 'One webhook.' }), { default: [], doc: 'What is called on the way.' }),
  alerts: list(object(alertFields, { doc: 'One alert.' }), { default: [], doc: 'Who is told.' }),
  match: list(anything({ doc: 'One condition.' }), {
    default: [],
    doc: 'Istio and Gateway API, beside iterations: which requests go to the canary (A/B testing).',
  }),
  mirror: flag({
    default: false,
    doc: 'Istio and Gateway API: copies requests to the canary before the first weight, or during the whole of a blue/green release.',
  }),
  mirrorWeight: whole(percent, { doc: 'Istio and Gateway API: per cent of the requests that are mirrored; 100 when left out or 0.' }),
  sessionAffinity: object(affinityFields, { doc: 'Istio and Gateway API: keeps a user on one side by cookie.' }),
};

function atMostLongest(value: string): string | undefined {
  if ((parseDuration(value) ?? 0) <= longestHookTimeout) return undefined;
  return `expected at most 1h, got ${JSON.stringify(value)}`;
}

/** It stands in a Set-Cookie header. */
function isAttribute(value: string): string | undefined {
  return isPlain(value) && !value.includes(';') ? undefined : 'expected a text without ";" and control characters';
}

export type AnalysisSpec = Infer<typeof analysisFields>;
export type MetricSpec = AnalysisSpec['metrics'][number];
export type HookSpec = AnalysisSpec['webhooks'][number];
export type AlertSpec = AnalysisSpec['alerts'][number];

/** Of a Canary that says nothing of it: skipAnalysis allows that. */
export const noAnalysis: AnalysisSpec = defaultsOf(analysisFields);
