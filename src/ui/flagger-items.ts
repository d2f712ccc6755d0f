// Canaries of a live Flagger as status items, marked as Flagger's: they are shown beside ours and never touched. Pure reading; asks nobody.
import { dig, listAt, numberAt, textAt } from '../common/dig.ts';
import type { Obj } from '../contracts.ts';
import { shownText } from '../http/redact.ts';
import type { Activity, StatusItem } from './views.ts';

const restful: readonly string[] = ['', 'Initialized', 'Succeeded', 'Failed'];
const waiting: readonly string[] = ['Waiting', 'WaitingPromotion'];

/** `canaries`: flagger.app/v1beta1 objects. One that Flagger has never looked at may be a file of ours that somebody applied: then ours counts. */
export function flaggerItems(canaries: readonly Obj[], ours: readonly StatusItem[]): StatusItem[] {
  const own = new Set(ours.map(({ namespace, name }) => `${namespace}/${name}`));
  return canaries
    .filter((canary) => textAt(canary, 'status', 'phase') || !own.has(`${canary.metadata.namespace}/${canary.metadata.name}`))
    .map(itemOf);
}

function itemOf(canary: Obj): StatusItem {
  const text = (...path: string[]): string => shownText(textAt(canary, ...path) ?? '', 500);
  const count = (field: string): number => numberAt(canary, 'status', field) ?? 0;
  const phase = text('status', 'phase');
  const since = text('status', 'lastTransitionTime');
  return {
    namespace: canary.metadata.namespace ?? '',
    name: canary.metadata.name,
    target: `${text('spec', 'targetRef', 'kind')}/${text('spec', 'targetRef', 'name')}`,
    phase,
    state: activity(phase),
    weight: count('canaryWeight'),
    mirror: dig(canary, 'spec', 'analysis', 'mirror') === true,
    failedChecks: count('failedChecks'),
    iterations: count('iterations'),
    step: 0,
    steps: 0,
    revision: text('status', 'lastAppliedSpec'),
    since,
    lastTransitionTime: since,
    why: shownText(textAt(listAt(canary, 'status', 'conditions').at(-1), 'message') ?? '', 500),
    drifted: false,
    driver: null,
    managedBy: 'flagger',
  };
}

function activity(phase: string): Activity {
  if (waiting.includes(phase)) return 'waiting';
  return restful.includes(phase) ? 'idle' : 'running';
}
