// What `describe` shows, gathered: the record, what it keeps, the cluster as the plug-ins see it, pods and Events. Reads only.
import { isObject } from '../common/json.ts';
import { listAt, numberAt, textAt } from '../common/dig.ts';
import type { Obj, Side, Traffic } from '../contracts.ts';
import { apexPoints } from '../core/services.ts';
import type { State } from '../core/types.ts';
import { ApiError } from '../kube/api-error.ts';
import { readRecord } from '../kube/record.ts';
import { limitOf } from '../runner/view.ts';
import type { Description, Detail, EventRow, PodRow, SideRow } from '../ui/description.ts';
import { stamp } from '../ui/time.ts';
import type { StatusItem } from '../ui/views.ts';
import { ownerOf, standingOf, trafficMoved, type Place, type Standing } from './drift.ts';
import { hookStates } from './hook-states.ts';

export async function descriptionOf(place: Place, item: StatusItem, signal: AbortSignal): Promise<Description> {
  const [events, standing] = await Promise.all([
    eventsOf(place, item, signal),
    item.managedBy ? Promise.resolve(undefined) : standingOf(place, item, signal),
  ]);
  if (!standing) return { item, events };
  const read = await readRecord(place.objects, ownerOf(item), signal);
  const state = read.is === 'present' ? read.state : undefined;
  const drifted = item.state === 'idle' && trafficMoved(standing);
  const detail = await detailOf(place, { standing, state, item: { ...item, drifted } }, signal);
  return { item: { ...item, drifted }, events, detail };
}

interface Known {
  readonly standing: Standing;
  readonly state: State | undefined;
  readonly item: StatusItem;
}

async function detailOf(place: Place, known: Known, signal: AbortSignal): Promise<Detail> {
  const { standing, state } = known;
  const { canary } = standing.kit;
  const [primary, release] = await Promise.all([
    sideOf(place, { standing, side: 'primary' }, signal),
    sideOf(place, { standing, side: 'canary' }, signal),
  ]);
  return {
    provider: canary.provider,
    primary,
    canary: release,
    routes: routesOf(known),
    checks: { threshold: canary.threshold, metrics: canary.metrics.map(limitOf) },
    hooks: hookStates(canary, state),
    history: standing.kept.runs.map(({ revision, result, at }) => ({ revision, result, at: stamp(at) })),
  };
}

async function sideOf(place: Place, of: { standing: Standing; side: Side }, signal: AbortSignal): Promise<SideRow> {
  const { kit, ctx } = of.standing;
  const { name } = kit.canary.targetRef;
  const containers = listAt(kit.target.revision(ctx, of.side)?.template, 'spec', 'containers');
  const selector = kit.target.selector(ctx, of.side);
  const wanted = kit.target.wanted(ctx, of.side);
  const pods = Object.keys(selector).length
    ? await seen(() => place.objects.list({ apiVersion: 'v1', kind: 'Pod' }, { labels: selector }, signal))
    : [];
  return {
    name: of.side === 'primary' ? `${name}-primary` : name,
    images: containers.flatMap((container) => textAt(container, 'image') ?? []),
    ready: kit.target.ready(ctx, of.side),
    wanted,
    pods: pods.map(podRow).sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** What may not be seen, or is not served, is not shown; it is no reason to show nothing. */
async function seen(list: () => Promise<{ items: Obj[] }>): Promise<Obj[]> {
  try {
    return (await list()).items;
  } catch (error) {
    if (error instanceof ApiError && (error.code === 403 || error.code === 404)) return [];
    throw error;
  }
}

function podRow(pod: Obj): PodRow {
  const conditions = listAt(pod, 'status', 'conditions').filter(isObject);
  const containers = listAt(pod, 'status', 'containerStatuses');
  return {
    name: pod.metadata.name,
    ready: conditions.some((condition) => condition['type'] === 'Ready' && condition['status'] === 'True'),
    restarts: containers.reduce<number>((sum, container) => sum + (numberAt(container, 'restartCount') ?? 0), 0),
    created: pod.metadata.creationTimestamp ?? '',
  };
}

function routesOf({ standing, state, item }: Known): Detail['routes'] {
  const { kit, ctx } = standing;
  const objects = kit.router.drives(ctx).map((ref) => ({ name: `${ref.kind}/${ref.name}`, is: ctx.found.one(ref).is }));
  const traffic =
    kit.router.can.split || kit.router.can.match
      ? routeText(kit.router.read(ctx))
      : `Service/${kit.canary.service.name} selects: ${apexPoints(ctx)}`;
  if (item.state === 'idle') return { objects, traffic, drift: item.drifted ? 'DRIFTED' : 'no drift' };
  if (!state) return { objects, traffic, drift: 'the record cannot be read' };
  const wanted = routeText(state.traffic);
  return { objects, traffic, drift: wanted === traffic || !kit.router.can.split ? 'no drift' : `wanted: ${wanted}` };
}

function routeText(traffic: Traffic | undefined): string {
  if (!traffic) return 'no route of ours';
  switch (traffic.kind) {
    case 'split':
      return `canary ${traffic.canary} %, primary ${100 - traffic.canary} %`;
    case 'mirror':
      return `primary 100 %, ${traffic.percent} % mirrored to the canary`;
    case 'match':
      return 'what matches to the canary, all else to the primary';
  }
}

/** Ours are told on the target, Flagger's on its Canary. Oldest first. */
async function eventsOf(place: Place, item: StatusItem, signal: AbortSignal): Promise<EventRow[]> {
  const [kind = '', name = ''] = item.managedBy ? ['Canary', item.name] : item.target.split('/');
  const fields = { 'involvedObject.name': name };
  const found = await seen(() => place.objects.list({ apiVersion: 'v1', kind: 'Event', namespace: item.namespace }, { fields }, signal));
  return found
    .map((event) => ({ event, row: eventRow(event) }))
    .filter(({ event, row }) => textAt(event, 'involvedObject', 'kind') === kind && row.from === (item.managedBy ?? 'canary'))
    .sort((a, b) => order(a.row.last, b.row.last) || order(a.event.metadata.name, b.event.metadata.name))
    .map(({ row }) => row);
}

function eventRow(event: Obj): EventRow {
  const text = (...path: string[]): string => textAt(event, ...path) ?? '';
  const created = event.metadata.creationTimestamp ?? '';
  return {
    type: text('type'),
    reason: text('reason'),
    first: text('firstTimestamp') || text('eventTime') || created,
    last: text('lastTimestamp') || text('eventTime') || created,
    count: numberAt(event, 'count') ?? 1,
    from: text('source', 'component') || text('reportingComponent'),
    message: text('message'),
  };
}

/** By code point, as the API server sorts. */
function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
