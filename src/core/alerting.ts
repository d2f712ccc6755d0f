// Events into alerts: Flagger's texts and severities. Pure; who gets them is the spec's, how they look a chat provider's.
import { dig, numberAt } from '../common/dig.ts';
import type { Alert, Canary } from '../contracts.ts';
import type { Severity } from '../spec/types.ts';
import type { Cause, Event, Kit } from './types.ts';
import { causeText } from './wording.ts';

export interface Message {
  severity: Severity;
  text: string;
  /** With what people ask first: target, threshold, deadline, strategy. */
  facts: boolean;
}

const severities: readonly Severity[] = ['info', 'warn', 'error'];

export function isSent(severity: Severity, least: Severity): boolean {
  return severities.indexOf(severity) >= severities.indexOf(least);
}

export function alertOf(event: Event, canary: Canary): Message | undefined {
  switch (event.tell) {
    case 'initialized':
      return { severity: 'info', text: `New ${canary.targetRef.kind} detected, initialization completed.`, facts: true };
    case 'revision':
      return event.restart ? undefined : info('New revision detected, progressing canary analysis.', true);
    case 'hook':
      return event.passed || event.muted ? undefined : closedGate(event.type);
    case 'rolling-back':
      return rollingBack(event.cause);
    case 'promoted':
      return info('Canary analysis completed successfully, promotion finished.', false);
    case 'skipped':
      return info('Canary analysis was skipped, promotion finished.', false);
    default:
      return undefined;
  }
}

function info(text: string, facts: boolean): Message {
  return { severity: 'info', text, facts };
}

function closedGate(type: string): Message | undefined {
  const texts: Readonly<Record<string, string>> = {
    'confirm-rollout': 'Canary is waiting for approval.',
    'confirm-traffic-increase': 'Canary traffic increase is waiting for approval.',
    'confirm-promotion': 'Canary promotion is waiting for approval.',
  };
  const text = texts[type];
  return text === undefined ? undefined : { severity: 'warn', text, facts: false };
}

function rollingBack(cause: Cause): Message {
  switch (cause.by) {
    case 'gate':
      return { severity: 'warn', text: 'Rolling back manual webhook invoked', facts: false };
    case 'checks':
      return { severity: 'error', text: `Failed checks threshold reached ${cause.failed}`, facts: false };
    case 'deadline': {
      const text = cause.side === 'primary' ? 'Promotion failed, primary not ready:' : 'Progress deadline exceeded';
      return { severity: 'error', text: `${text} ${cause.why}`, facts: false };
    }
    default:
      return { severity: 'error', text: `Rolling back: ${causeText(cause)}`, facts: false };
  }
}

export function alertFields({ canary, options }: Pick<Kit, 'canary' | 'options'>, facts: boolean): Alert['fields'] {
  const cluster: Alert['fields'] = options.cluster ? [['Cluster', options.cluster]] : [];
  if (!facts) return cluster;
  const { targetRef, namespace, threshold, deadline } = canary;
  return [
    ...cluster,
    ['Target', `${targetRef.kind}/${targetRef.name}.${namespace}`],
    ['Failed checks threshold', String(threshold)],
    ['Progress deadline', `${deadline / 1000}s`],
    ['Traffic routing', routing(canary)],
  ];
}

/** In the words of the file. */
function routing({ strategy, source }: Canary): string {
  if (strategy.kind === 'iterations') return strategy.by === 'match' ? 'A/B Testing' : 'Blue/Green';
  const analysis = dig(source, 'spec', 'analysis');
  const step = numberAt(analysis, 'stepWeight') ?? 0;
  const steps = dig(analysis, 'stepWeights');
  if (step > 0 || !Array.isArray(steps)) return `Weight step: ${step} max: ${numberAt(analysis, 'maxWeight') ?? 100}`;
  return `Weight steps: ${steps.join(',')} max: ${String(steps.at(-1) ?? 100)}`;
}
