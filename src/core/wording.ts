// Events into words: the seeds' wording where a seed shows the line, else Flagger 1.44's. Parity is compared on these texts: change none lightly.
import { formatDuration } from '../common/duration.ts';
import type { Canary } from '../contracts.ts';
import type { Cause, Event } from './types.ts';

export interface Said {
  type: 'Normal' | 'Warning';
  text: string;
}

type Of<T extends Event['tell']> = Extract<Event, { tell: T }>;

/** The line of one event. */
export function say(event: Event, canary: Canary): Said {
  const cr = `${canary.name}.${canary.namespace}`;
  const target = `${canary.targetRef.name}.${canary.namespace}`;
  const primary = `${canary.targetRef.name}-primary.${canary.namespace}`;
  switch (event.tell) {
    case 'metrics-online':
      return normal('all the metrics providers are available!');
    case 'initialized':
      return normal(`Initialization done! ${cr}`);
    case 'revision':
      return normal(event.restart ? `New revision detected! Restarting analysis for ${target}` : `New revision detected ${target}`);
    case 'scaling':
      return normal(`Scaling up ${target}`);
    case 'not-ready':
      return warning(`Waiting for ${event.side === 'primary' ? primary : target} rollout to finish: ${event.why}`);
    case 'not-routed':
      return warning(`Waiting for the route of ${cr}: ${event.why}`);
    case 'deserted':
      return warning(`Halt ${cr} advancement ${event.why}`);
    case 'started':
      return normal(`Starting canary deployment for ${target}`);
    case 'terminating':
      return normal(`Terminating canary ${cr}`);
    case 'terminated':
      return normal(`Terminated canary ${cr}`);
    case 'failed':
      return warning(`Canary failed! Scaling down ${cr}`);
    case 'rolling-back':
      return warning(rollingBack(event.cause, cr, target));
    case 'note':
      return normal(event.text);
    case 'metric':
    case 'no-values':
    case 'not-checked':
    case 'hook':
      return halted(event, canary);
    default:
      return normal(advanced(event, canary));
  }
}

type Step = 'weight' | 'primary-weight' | 'iteration' | 'copying' | 'all-to-primary' | 'all-to-canary' | 'promoted' | 'skipped';

/** One step on. */
function advanced(event: Of<Step>, { name, namespace, targetRef }: Canary): string {
  const cr = `${name}.${namespace}`;
  const target = `${targetRef.name}.${namespace}`;
  switch (event.tell) {
    case 'weight':
      return `Advance ${cr} canary weight ${event.canary}`;
    case 'primary-weight':
      return `Advance ${cr} primary weight ${event.primary}`;
    case 'iteration':
      return `Advance ${cr} canary iteration ${event.no}/${event.of}`;
    case 'copying':
      return `Copying ${target} template spec to ${targetRef.name}-primary.${namespace}`;
    case 'all-to-primary':
      return 'Routing all traffic to primary';
    case 'all-to-canary':
      return event.mirrored ? 'Stop traffic mirroring and route all traffic to canary' : 'Routing all traffic to canary';
    case 'promoted':
      return `Promotion completed! Scaling down ${target}`;
    case 'skipped':
      return `Promotion completed! Canary analysis was skipped for ${target}`;
  }
}

function halted(event: Of<'metric' | 'no-values' | 'not-checked' | 'hook'>, canary: Canary): Said {
  const cr = `${canary.name}.${canary.namespace}`;
  switch (event.tell) {
    case 'metric':
      return warning(`Halt ${cr} advancement ${outOfBounds(event)}`);
    case 'no-values':
      return warning(noValues(event, canary));
    case 'not-checked':
      return warning(notChecked(event));
    case 'hook':
      return hookLine(event, cr);
  }
}

function rollingBack(cause: Cause, cr: string, target: string): string {
  switch (cause.by) {
    case 'checks':
      return `Rolling back ${cr} failed checks threshold reached ${cause.failed}`;
    case 'deadline':
      return cause.side === 'primary'
        ? `Promotion of ${target} failed, primary not ready: ${cause.why}`
        : `Rolling back ${cr} progress deadline exceeded ${cause.why}`;
    case 'gate':
      return `Rolling back ${cr} manual webhook invoked`;
    default:
      return `Rolling back ${cr} ${causeText(cause)}`;
  }
}

/** 'success rate 69.17% < 99%' */
export function outOfBounds({ metric, value, bound }: Pick<Of<'metric'>, 'metric' | 'value' | 'bound'>): string {
  const sign = bound === 'below' ? '<' : '>';
  const limit = (bound === 'below' ? metric.min : metric.max) ?? 0;
  if (metric.source.kind !== 'builtin') return `${metric.name} ${value.toFixed(2)} ${sign} ${limit}`;
  if (metric.name === 'request-success-rate') return `success rate ${value.toFixed(2)}% ${sign} ${limit}%`;
  // Flagger truncates the bound, not the value, to whole milliseconds.
  return `request duration ${formatDuration(value)} ${sign} ${formatDuration(Math.trunc(limit))}`;
}

function notChecked({ metric, why }: Of<'not-checked'>): string {
  switch (metric.source.kind) {
    case 'builtin':
      return `Prometheus query failed: ${why}`;
    case 'query':
      return `Prometheus query failed for ${metric.name}: ${why}`;
    case 'template':
      return `Metric query failed for ${metric.name}: ${why}`;
  }
}

function noValues({ metric, why }: Of<'no-values'>, canary: Canary): string {
  if (metric.source.kind === 'query') return `Halt advancement no values found for metric: ${metric.name}`;
  if (metric.source.kind === 'template') return `Halt advancement no values found for custom metric: ${metric.name}: ${why}`;
  const probably = `probably ${canary.targetRef.name}.${canary.namespace} is not receiving traffic`;
  const line = `Halt advancement no values found for ${canary.provider} metric ${metric.name} ${probably}`;
  if (metric.name !== 'request-success-rate') return line;
  // With the queries over what pods report themselves, Flagger gives the reason as it is; with those of a mesh it wraps it.
  const isMeshless = /^(kubernetes|gatewayapi)/.test(canary.provider);
  return isMeshless ? `${line}: ${why}` : `${line}: running query failed: ${why}`;
}

function hookLine({ hook, type, passed, why }: Of<'hook'>, cr: string): Said {
  if (type === 'rollback') {
    return passed ? warning(`Rollback check ${hook} passed`) : normal(`Rollback hook ${hook} not signaling a rollback`);
  }
  if (passed) return normal(`${type.charAt(0).toUpperCase()}${type.slice(1)} check ${hook} passed`);
  switch (type) {
    case 'confirm-rollout':
      return warning(`Halt ${cr} advancement waiting for approval ${hook}`);
    case 'confirm-traffic-increase':
      return warning(`Halt ${cr} advancement waiting for traffic increase approval ${hook}`);
    case 'confirm-promotion':
      return warning(`Halt ${cr} advancement waiting for promotion approval ${hook}`);
    case 'post-rollout':
      return warning(`Post-rollout hook ${hook} failed ${why}`);
    default:
      return warning(`Halt ${cr} advancement ${type === 'pre-rollout' ? 'pre-rollout' : 'external'} check ${hook} failed ${why}`);
  }
}

function normal(text: string): Said {
  return { type: 'Normal', text };
}

function warning(text: string): Said {
  return { type: 'Warning', text };
}

/** A cause as a clause of a sentence, for people. */
export function causeText(cause: Cause): string {
  switch (cause.by) {
    case 'checks':
      return `${cause.failed} failed checks, the last: ${cause.metric} (${cause.why})`;
    case 'deadline':
      return `the ${cause.side}'s pods were not ready in time: ${cause.why}`;
    case 'signal':
      return `stopped by ${cause.why}`;
    default:
      return cause.why;
  }
}
