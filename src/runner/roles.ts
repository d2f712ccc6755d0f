// The Roles that the canaries of some files need, worked out from the files alone. Pure; it must never ask a cluster.
import type { Found, Obj, Ref } from '../contracts.ts';
import type { Kit, Options } from '../core/types.ts';
import { kitOf } from '../kit.ts';
import { rulesOf, type Right, type Rule } from '../kube/rules.ts';
import type { Reach } from '../ports.ts';
import { libraryOf, type Library } from '../spec/library.ts';
import type { OtherDocument } from '../spec/load.ts';
import type { Canary } from '../spec/types.ts';
import { permissions } from './permissions.ts';
import { reachRights } from './reach-rights.ts';

export interface Role {
  readonly namespace: string;
  readonly name: string;
  /** The canary that it is for, and its namespace. */
  readonly canary: string;
  readonly from: string;
  readonly rules: readonly Rule[];
}

export interface Roles {
  readonly roles: readonly Role[];
  /** What the files do not say, so that it is in no Role. */
  readonly notes: readonly string[];
}

export interface Files {
  readonly canaries: readonly Canary[];
  readonly others: readonly OtherDocument[];
  /** By which way the run reaches the Services that they name; by the cluster's own it takes no right. */
  readonly reach?: Exclude<Reach, 'auto'>;
}

/** Rights do not depend on how a run is made. */
const options: Options = { noRetry: true, drain: 0, onInterrupt: 'park' };

/** One for each canary, so that what is applied for one leaves the others' alone; and one more for each namespace that it refers to, so that
 *  nobody gets rights in one namespace because of another. */
export function rolesFor(files: Files, digest: Kit['digest']): Roles {
  const each = files.canaries.map((canary) => rolesOf(canary, files, digest));
  return { roles: each.flatMap(({ roles }) => roles), notes: [...new Set(each.flatMap(({ notes }) => notes))] };
}

function rolesOf(given: Canary, { others, reach = 'direct' }: Files, digest: Kit['digest']): Roles {
  const { name, namespace: from } = given;
  const canary = withFound(given, libraryOf(others, from));
  const found = foundAmong(others, from);
  const way = reachRights(canary, reach);
  const rights: readonly Right[] = [...permissions(kitOf(canary, options, digest), { canary, found, digest, made: [] }), ...way.rights];
  const roles = [...new Set([from, ...rights.map(({ namespace }) => namespace)])].map((namespace) => ({
    ...{ namespace, from, canary: name },
    name: namespace === from ? `canary-${name}` : `canary-${from}-${name}`,
    rules: rulesOf(rights.filter((right) => right.namespace === namespace).map(bare)),
  }));
  return { roles, notes: [...unsaid(canary, found), ...way.notes] };
}

function bare({ namespace, group, resource, verb, name }: Right): Right {
  return { namespace, group, resource, verb, ...(name === undefined ? {} : { name }) };
}

function withFound(canary: Canary, library: Library): Canary {
  const metrics = canary.metrics.map((metric) => {
    const { source } = metric;
    const found = source.kind === 'template' ? library.template(source.ref.namespace, source.ref.name) : undefined;
    return source.kind === 'template' && found ? { ...metric, source: { ...source, found } } : metric;
  });
  const alerts = canary.alerts.map((alert) => {
    const found = library.alertService(alert.ref.namespace, alert.ref.name);
    return found ? { ...alert, found } : alert;
  });
  return { ...canary, metrics, alerts };
}

/** What no file holds may be there or not, with any content. */
function foundAmong(others: readonly OtherDocument[], home: string): Found {
  const key = ({ apiVersion, kind, namespace, name }: Ref): string => `${apiVersion} ${kind} ${namespace ?? home} ${name}`;
  const known = new Map(others.map(({ object, ...ref }) => [key(ref), object as unknown as Obj]));
  return {
    one(ref) {
      const object = known.get(key(ref));
      return object ? { is: 'present', object } : { is: 'forbidden', rule: '' };
    },
    many: () => [],
  };
}

function unsaid({ targetRef, namespace, metrics, alerts }: Canary, found: Found): string[] {
  const away = (kind: string, name: string, what: string): string => `${kind} ${name} is not among the files: ${what} (give its file, too)`;
  const target = found.one(targetRef).is === 'present';
  const templates = metrics.flatMap(({ source }) =>
    source.kind === 'template' && !source.found ? [['MetricTemplate', source.ref] as const] : [],
  );
  const providers = alerts.flatMap(({ ref, found: known }) => (known ? [] : [['AlertProvider', ref] as const]));
  return [
    ...(target
      ? []
      : [
          away(
            targetRef.kind,
            `${targetRef.name}.${namespace}`,
            'which ConfigMaps and Secrets its pods name is not known, so the Role does not have them',
          ),
        ]),
    ...[...templates, ...providers].map(([kind, ref]) =>
      away(kind, `${ref.name}.${ref.namespace}`, 'if it names a Secret, the Role does not have it'),
    ),
  ];
}
