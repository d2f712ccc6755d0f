// What a canary's whole life asks of the API server: run, heal, status, describe and delete. The one source of both the preflight and of
// `canary rbac`. Pure; the cluster need not be in view.
import { present } from '../common/look.ts';
import { isOurs } from '../common/metadata.ts';
import type { Ctx, Metric, Ref, Verb } from '../contracts.ts';
import type { Kit } from '../core/types.ts';
import { drivenBy, plugins } from '../kit.ts';
import { groupOf, kindOf } from '../kube/kinds.ts';
import { keptRef, recordRef } from '../kube/record.ts';
import type { Right } from '../kube/rules.ts';
import type { AlertTarget } from '../spec/types.ts';
import { secretRef } from './secrets.ts';

export interface Permission extends Right {
  /** 'run': nothing is written without it. 'delete': `canary delete` alone needs it. 'comfort': a run goes on without it, showing or telling less. */
  readonly for: 'run' | 'delete' | 'comfort';
}

type Wanted = Omit<Permission, 'namespace' | 'for'>;

const reading: readonly Verb[] = ['get', 'list', 'watch'];

/** References that were `found` already, in a file or in the cluster, are not looked for again; their Secrets are. */
export function permissions(kit: Kit, ctx: Ctx): Permission[] {
  const { namespace } = kit.canary;
  const here = (use: Permission['for'], wanted: readonly Wanted[]): Permission[] =>
    wanted.map((each) => ({ ...each, namespace, for: use }));
  const touched = plugins(kit).flatMap((plugin) => plugin.touches(ctx));
  return [
    ...here('run', [...ownWrites(kit), ...drivenBy(kit, ctx).flatMap((ref) => written(kit, ctx, ref))]),
    ...here(
      'run',
      touched.flatMap(({ group, resource, verbs, names }) => rights({ group, resource }, verbs, names)),
    ),
    ...here('delete', removed(kit, ctx)),
    ...here('comfort', looks),
    ...references(kit),
  ];
}

function rights(of: { group: string; resource: string }, verbs: readonly Verb[], names?: readonly string[]): Wanted[] {
  const { group, resource } = of;
  return verbs.flatMap((verb): Wanted[] => {
    return names && verb !== 'create' ? names.map((name) => ({ group, resource, verb, name })) : [{ group, resource, verb }];
  });
}

function typeOf(ref: { apiVersion: string; kind: string }): { group: string; resource: string } {
  return { group: groupOf(ref.apiVersion), resource: kindOf(ref).plural };
}

/** The record, what it keeps, and the heartbeat, whose name nobody knows in advance. */
function ownWrites({ canary }: Kit): Wanted[] {
  const records = [recordRef(canary).name, keptRef(canary).name];
  return [
    ...rights({ group: '', resource: 'configmaps' }, [...reading, 'create']),
    ...rights({ group: '', resource: 'configmaps' }, ['patch'], records),
    ...rights({ group: 'coordination.k8s.io', resource: 'leases' }, ['get', 'create', 'patch', 'delete']),
  ];
}

/** Looked at as one of its kind, changed by name. */
function written(kit: Kit, ctx: Ctx, ref: Ref): Wanted[] {
  const type = typeOf(ref);
  return [...rights(type, reading), ...rights(type, ['patch'], [ref.name]), ...(isUsers(kit, ctx, ref) ? [] : rights(type, ['create']))];
}

function removed(kit: Kit, ctx: Ctx): Wanted[] {
  const made = [...drivenBy(kit, ctx), ...ctx.made].filter((ref) => !isUsers(kit, ctx, ref));
  return [recordRef(kit.canary), keptRef(kit.canary), ...made].flatMap((ref) => rights(typeOf(ref), ['delete'], [ref.name]));
}

/** Never made by us, so never taken away. A Service or route that nobody has seen may come to be ours. */
function isUsers({ canary }: Kit, ctx: Ctx, ref: Ref): boolean {
  if ([canary.targetRef, canary.scalerRef].some((own) => own?.kind === ref.kind && own.name === ref.name)) return true;
  const object = present(ctx, ref);
  return object !== undefined && !isOurs(object);
}

/** Events on the target, the heartbeats that `status` shows, why pods are not ready, and whether a Flagger lives that drives the same target. */
const looks: readonly Wanted[] = [
  ...rights({ group: '', resource: 'events' }, ['list', 'create', 'patch']),
  ...rights({ group: '', resource: 'pods' }, ['list']),
  ...rights({ group: 'coordination.k8s.io', resource: 'leases' }, ['list']),
  ...rights({ group: 'flagger.app', resource: 'canaries' }, ['list']),
];

function references({ canary }: Kit): Permission[] {
  const refs = [...canary.metrics.flatMap(ofMetric), ...canary.alerts.flatMap(ofAlert)];
  return refs.map(({ namespace = canary.namespace, name, ...type }) => ({ ...typeOf(type), verb: 'get', name, namespace, for: 'run' }));
}

function ofMetric({ source }: Metric): Ref[] {
  if (source.kind !== 'template') return [];
  const { ref, found } = source;
  if (!found) return [{ apiVersion: 'flagger.app/v1beta1', kind: 'MetricTemplate', ...ref }];
  return found.secret === undefined ? [] : [secretRef(ref.namespace, found.secret)];
}

function ofAlert({ ref, found }: AlertTarget): Ref[] {
  if (!found) return [{ apiVersion: 'flagger.app/v1beta1', kind: 'AlertProvider', ...ref }];
  return found.secret === undefined ? [] : [secretRef(ref.namespace, found.secret)];
}
