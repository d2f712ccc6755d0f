// Tracked config of a Deployment's two sides: what must be looked at, what is asked of the API server, what is wrong, and what nobody uses any
// more. Must never list Secrets.
import { present, problemOf, unreachable } from '../common/look.ts';
import { isOurs } from '../common/metadata.ts';
import type { Change, Ctx, JsonObject, Problem, Ref, Touch } from '../contracts.ts';
import { copyOf, isCopyOf, possibleOrigins } from './config/copies.ts';
import { keyOf, referencesIn, refTo, type ConfigKind, type Named } from './config/references.ts';
import { isTracked, trackedBy } from './config/tracked.ts';
import { deploymentOf } from './deployment-objects.ts';
import { historyOf, templateOf } from './deployment-revision.ts';

/** What Kubernetes allows the name of a ConfigMap. */
const longestName = 253;

export function configNeeds(c: Ctx): Ref[] {
  const own = templateOf(deploymentOf(c, 'canary'));
  const primary = templateOf(deploymentOf(c, 'primary'));
  // The history and the config are named by this very answer: at first they are not in view.
  const history = ifInView(() => historyOf(c)) ?? [];
  const copies = (own && ifInView(() => trackedBy(c, own).map(copyOf))) ?? [];
  const written = [...(primary ? [primary] : []), ...history].flatMap(referencesIn);
  const named = [...(own ? referencesIn(own) : []), ...written, ...written.flatMap(possibleOrigins)];
  return unique([...named.map(refTo), ...copies, ...c.made]);
}

function ifInView<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

function unique(refs: readonly Ref[]): Ref[] {
  return [...new Map(refs.map((ref) => [`${ref.kind}/${ref.name}`, ref])).values()];
}

/** Copies are named by their content, so no rule can name them in advance; where nothing is copied, Secrets are read by name only. */
export function configTouches(c: Ctx): Touch[] {
  const copied = (kind: ConfigKind): boolean => copiedBy(c).some((each) => each.kind === kind);
  const leftovers = (kind: ConfigKind): string[] =>
    copied(kind) ? [] : leftBehind(c).flatMap((ref) => (ref.kind === kind ? [ref.name] : []));
  const secrets = configNeeds(c).flatMap(({ kind, name }) => (kind === 'Secret' ? [name] : []));
  const own = templateOf(deploymentOf(c, 'canary'));
  const reads = own && referencesIn(own).some(({ kind }) => kind === 'ConfigMap');
  return [
    ...(reads ? [touch('configmaps', ['get', 'list', 'watch'])] : []),
    ...(copied('ConfigMap') ? [touch('configmaps', ['create', 'delete'])] : []),
    ...(copied('Secret') ? [touch('secrets', ['get', 'create', 'delete'])] : []),
    ...(!copied('Secret') && secrets.length ? [{ ...touch('secrets', ['get']), names: secrets }] : []),
    ...(['ConfigMap', 'Secret'] as const).flatMap((kind) => {
      const names = leftovers(kind);
      return names.length ? [{ ...touch(kind === 'Secret' ? 'secrets' : 'configmaps', ['delete']), names }] : [];
    }),
  ];
}

/** Copies of what the target named once: they go when the primary's past names them no more. */
function leftBehind(c: Ctx): Ref[] {
  return c.made.filter((ref) => {
    const look = c.found.one(ref);
    return look.is === 'forbidden' || (look.is === 'present' && isOurs(look.object));
  });
}

function touch(resource: string, verbs: Touch['verbs']): Touch {
  return { group: '', resource, verbs };
}

/** What the target names and what is tracked of it; what cannot be seen from here may be. */
function copiedBy(c: Ctx): Named[] {
  const own = templateOf(deploymentOf(c, 'canary'));
  return (own ? referencesIn(own) : []).filter((named) => {
    const look = c.found.one(refTo(named));
    return look.is === 'forbidden' || (look.is === 'present' && isTracked(look.object));
  });
}

export function configProblems(c: Ctx, template: JsonObject): Problem[] {
  const closed = configNeeds(c).flatMap((ref) => unreachable(c, ref) ?? []);
  if (closed.length) return closed;
  const missing = referencesIn(template).filter(({ kind, name, optional }) => !optional && !present(c, refTo({ kind, name })));
  const { name, kind } = c.canary.targetRef;
  const needed = missing.map((each) => {
    return problemOf(refTo(each), `${each.kind} ${each.name}.${c.canary.namespace} is not there, and ${kind} ${name} needs it`);
  });
  return [...needed, ...trackedBy(c, template).flatMap((tracked) => copyProblem(c, tracked))];
}

function copyProblem(c: Ctx, tracked: ReturnType<typeof trackedBy>[number]): Problem[] {
  const copy = copyOf(tracked);
  if (copy.name.length > longestName)
    return [problemOf(refTo(tracked), `its copy for the primary would have a name longer than ${longestName} characters`)];
  if (isCopyOf(c, tracked)) return [];
  return [problemOf(copy, `is not the copy of ${tracked.name} that the primary needs under this name`)];
}

export function sweptConfig(c: Ctx): Change[] {
  const primary = templateOf(deploymentOf(c, 'primary'));
  const used = new Set([...(primary ? [primary] : []), ...historyOf(c)].flatMap(referencesIn).map(keyOf));
  return c.made.flatMap((ref) => {
    const object = present(c, ref);
    if (!isConfig(ref) || !object || !isOurs(object) || used.has(keyOf(ref))) return [];
    return [{ op: 'delete', ref, why: `nothing that the primary ran names ${ref.name} any more` }];
  });
}

function isConfig(ref: { kind: string; name: string }): ref is Named & Ref {
  return ref.kind === 'ConfigMap' || ref.kind === 'Secret';
}
