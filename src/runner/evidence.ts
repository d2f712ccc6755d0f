// Why pods are not what they should be: waiting reasons, restarts and last events, for people. Reads only.
import { isObject } from '../common/json.ts';
import type { Obj, Strings } from '../contracts.ts';
import type { Objects } from '../kube/objects.ts';

const mostPods = 5;
const mostEvents = 3;

/** One line per troubled pod, and its last warnings; nothing where all pods are well. */
export async function podTroubles(objects: Objects, selector: Strings, signal: AbortSignal): Promise<string[]> {
  const { items } = await objects.list({ apiVersion: 'v1', kind: 'Pod' }, { labels: selector }, signal);
  const troubled = items.filter((pod) => !isReady(pod)).slice(0, mostPods);
  const lines = await Promise.all(troubled.map(async (pod) => [describe(pod), ...(await warnings(objects, pod, signal))]));
  return lines.flat();
}

function isReady(pod: Obj): boolean {
  return list(status(pod)['conditions']).some((condition) => condition['type'] === 'Ready' && condition['status'] === 'True');
}

function describe(pod: Obj): string {
  const containers = list(status(pod)['containerStatuses']);
  const reasons = containers.flatMap((container) => {
    const state = isObject(container['state']) ? container['state'] : {};
    const waiting = isObject(state['waiting']) ? state['waiting'] : isObject(state['terminated']) ? state['terminated'] : undefined;
    const restarts = Number(container['restartCount'] ?? 0);
    const why = waiting ? `${text(waiting['reason'])}${waiting['message'] ? `: ${text(waiting['message'])}` : ''}` : 'not ready';
    return container['ready'] === true ? [] : [`container ${text(container['name'])} ${why}${restarts ? `, ${restarts} restarts` : ''}`];
  });
  return `pod ${pod.metadata.name}: ${reasons.join('; ') || text(status(pod)['phase']) || 'not ready'}`;
}

async function warnings(objects: Objects, pod: Obj, signal: AbortSignal): Promise<string[]> {
  const fields = { 'involvedObject.name': pod.metadata.name };
  const { items } = await objects.list({ apiVersion: 'v1', kind: 'Event' }, { fields }, signal).catch(() => ({ items: [] as Obj[] }));
  const bad = items
    .filter((event) => event['type'] === 'Warning')
    .sort((a, b) => text(a['lastTimestamp']).localeCompare(text(b['lastTimestamp'])));
  return bad.slice(-mostEvents).map((event) => `  event ${text(event['reason'])}: ${text(event['message'])}`);
}

function status(object: Obj): Record<string, unknown> {
  return isObject(object['status']) ? object['status'] : {};
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
