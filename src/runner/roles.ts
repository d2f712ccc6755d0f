// The Roles that the canaries of some files need, worked out from the files alone. Pure; it must never ask a cluster.
import type { Found, Obj, Ref } from '../contracts.ts';
import type { Kit, Options } from '../core/types.ts';
import { kitOf } from '../kit.ts';
import { rulesOf, type Right, type Rule } from '../kube/rules.ts';
import { libraryOf, type Library } from '../spec/library.ts';
import type { OtherDocument } from '../spec/load.ts';
import type { Canary } from '../spec/types.ts';
import { permissions } from './permissions.ts';

export interface Role {
  readonly namespace: string;
  readonly name: string;
  /** The namespace of the canaries that it is for. */
  readonly from: string;
  readonly canaries: readonly string[];
  readonly rules: readonly Rule[];
}

export interface Roles {
  readonly roles: readonly Role[];
  /** What the files do not say, so that it is in no Role. */
  readonly notes: readonly string[];
}

/** Rights do not depend on how a run is made. */
const options: Options = { noRetry: true, drain: 0, onInterrupt: 'park' };

/** One for each namespace with canaries; one more for each namespace that they refer to, so that nobody gets the other's rights. */
export function rolesFor(files: { canaries: readonly Canary[]; others: readonly OtherDocument[] }, digest: Kit['digest']): Roles {
  const roles: Role[] = [];
  const notes: string[] = [];
  for (const from of new Set(files.canaries.map(({ namespace }) => namespace))) {
    const canaries = files.canaries
      .filter(({ namespace }) => namespace === from)
      .map((canary) => withFound(canary, libraryOf(files.others, from)));
    const found = foundAmong(files.others, from);
    const rights = canaries.flatMap((canary) => {
      const kit = kitOf(canary, options, digest);
      return permissions(kit, { canary, found, digest, made: [] });
    });
    const names = canaries.map(({ name }) => name);
    for (const namespace of new Set([from, ...rights.map((right) => right.namespace)])) {
      const rules = rulesOf(rights.filter((right) => right.namespace === namespace).map(bare));
      roles.push({ namespace, name: namespace === from ? 'canary' : `canary-${from}`, from, canaries: names, rules });
    }
    notes.push(...canaries.flatMap((canary) => unsaid(canary, found)));
  }
  return { roles, notes: [...new Set(notes)] };
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
