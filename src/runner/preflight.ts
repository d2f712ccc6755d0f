// Whether this cluster can serve this canary, found out before the first write. Reads only; speaks in plain words and exit codes.
import { equal, isObject } from '../common/json.ts';
import type { Ctx, Found, Obj, Ref } from '../contracts.ts';
import { serviceProblems } from '../core/services.ts';
import type { Kit } from '../core/types.ts';
import { ForbiddenError, OwnedError, PreflightError } from '../errors.ts';
import { drivenBy, needsOf, plugins } from '../kit.ts';
import { ApiError } from '../kube/api-error.ts';
import type { Objects } from '../kube/objects.ts';
import { groupOf, kindOf } from '../kube/kinds.ts';
import { missingRights } from '../kube/preflight.ts';
import { rbacCommand, ruleLine, rulesOf, type Right } from '../kube/rules.ts';
import type { Env } from './env.ts';
import { permissions, type Permission } from './permissions.ts';

export interface Checking {
  env: Env;
  kit: Kit;
  found: Found;
  objects: Objects;
  /** Copies of config that were made so far, as far as is remembered: also of what the file names no more. */
  made: readonly Ref[];
}

export async function preflight(checking: Checking): Promise<void> {
  const { kit, found } = checking;
  await reachable(checking);
  const ctx = contextOf(checking);
  const { targetRef, namespace } = kit.canary;
  if (found.one(targetRef).is !== 'present') {
    throw new PreflightError(
      `${targetRef.kind} ${targetRef.name} is not there in namespace ${namespace}`,
      `kubectl -n ${namespace} get ${targetRef.kind.toLowerCase()}`,
    );
  }
  await notFlaggers(checking);
  const problems = [...serviceProblems(ctx), ...plugins(kit).flatMap((plugin) => plugin.check(ctx))];
  if (kit.target.risky(ctx) && !kit.router.can.split) {
    problems.push({
      path: `${targetRef.kind}/${targetRef.name}`,
      text: `its update strategy can take the primary to 0 ready pods, and provider ${kit.canary.provider} cannot send traffic elsewhere meanwhile`,
    });
  }
  const { image } = kit.options;
  const wanted = image && kit.target.image(ctx, image.container, image.reference);
  if (wanted && !Array.isArray(wanted)) problems.push(wanted);
  if (problems.length) throw new PreflightError(problems.map(({ path, text }) => `${path}: ${text}`).join('\n'));
}

/** All that a run asks for, found out before the first write. What it can do without is only told. */
export async function permitted(checking: Checking): Promise<void> {
  const { env, kit } = checking;
  const { needed, comfort } = await missingToRun(checking);
  if (needed.length) throw lacking(checking, needed, 'not allowed to do what this canary needs');
  if (comfort.length) env.reporter.note(`going on with less to show or tell, without\n${linesOf(comfort).join('\n')}`, kit.canary);
}

async function missingToRun(checking: Checking): Promise<{ needed: Right[]; comfort: Right[] }> {
  const all = permissions(checking.kit, contextOf(checking)).filter((each) => each.for !== 'delete');
  const missing = await missingRights(checking.objects, all.map(rightOf), checking.env.signal);
  const isNeeded = (right: Right): boolean => all.some((each) => each.for === 'run' && equal(rightOf(each), right));
  return { needed: missing.filter(isNeeded), comfort: missing.filter((right) => !isNeeded(right)) };
}

/** What `delete` takes away besides what it changes. */
export async function mayRemove(checking: Checking): Promise<void> {
  const { env, kit, found, objects } = checking;
  const ctx = contextOf(checking);
  const ours = [...drivenBy(kit, ctx), ...ctx.made];
  const gone = ours.filter((ref) => ['absent', 'no-such-kind'].includes(found.one(ref).is));
  const isGone = ({ resource, name }: Right): boolean => gone.some((ref) => ref.name === name && kindOf(ref).plural === resource);
  const wanted = permissions(kit, ctx).filter((each) => each.for === 'delete' && !isGone(each));
  const hidden = ours.filter((ref) => found.one(ref).is === 'forbidden');
  const missing = [...hidden.map((ref) => toLookAt(kit, ref)), ...(await missingRights(objects, wanted.map(rightOf), env.signal))];
  if (missing.length) throw lacking(checking, missing, `not allowed to take away what was made for ${kit.canary.name}`);
}

function contextOf({ kit, found, made }: Checking): Ctx {
  return { canary: kit.canary, found, digest: kit.digest, made };
}

function toLookAt({ canary }: Kit, { apiVersion, kind, name, namespace = canary.namespace }: Ref): Right {
  return { namespace, group: groupOf(apiVersion), resource: kindOf({ apiVersion, kind }).plural, verb: 'get', name };
}

function rightOf({ for: _, ...right }: Right & Partial<Permission>): Right {
  return right;
}

function lacking(checking: Checking, missing: readonly Right[], what: string): ForbiddenError {
  const { canary } = checking.kit;
  const file = canary.where('kind').replace(/(:\d+)+$/, '');
  const command = rbacCommand(/\s/.test(file) || file === 'stdin' ? undefined : file);
  const all = missing.every(isTold(checking)) ? 'all that it takes' : 'all but the rules for what earlier versions of the file left';
  return new ForbiddenError(
    `${what} in namespace ${canary.namespace}`,
    `add to a Role:\n${linesOf(missing).join('\n')}\nor ${all}: ${command}`,
  );
}

/** Whether files alone tell that a right is needed: they say nothing of what the primary runs and ran. */
function isTold({ kit, found }: Checking): (right: Right) => boolean {
  const { kind, name } = kit.canary.targetRef;
  const isPrimary = (ref: Ref): boolean => ref.kind === kind && ref.name === `${name}-primary`;
  const files: Found = { one: (ref) => (isPrimary(ref) ? { is: 'forbidden', rule: '' } : found.one(ref)), many: () => [] };
  const told = permissions(kit, { canary: kit.canary, found: files, digest: kit.digest, made: [] });
  const isSame = (one: Right, right: Right): boolean =>
    equal({ ...rightOf(one), name: '' }, { ...right, name: '' }) && [undefined, right.name].includes(one.name);
  return (right) => told.some((each) => isSame(each, right));
}

function linesOf(rights: readonly Right[]): string[] {
  const namespaces = [...new Set(rights.map(({ namespace }) => namespace))];
  return namespaces.flatMap((namespace) => {
    return rulesOf(rights.filter((right) => right.namespace === namespace)).map((rule) => ruleLine(rule, namespace));
  });
}

/** Every object that we are to drive is of a kind that is served, and all that a run goes by may be looked at. */
async function reachable(checking: Checking): Promise<void> {
  const { kit, found } = checking;
  const ctx = contextOf(checking);
  const hidden = needsOf(kit, ctx).flatMap((need) => ('name' in need && found.one(need).is === 'forbidden' ? [need] : []));
  if (hidden.length) {
    const names = [...new Set(hidden.map(({ kind, name }) => `${kind} ${name}`))].join(', ');
    const { needed } = await missingToRun(checking);
    throw lacking(checking, [...hidden.map((ref) => toLookAt(kit, ref)), ...needed], `not allowed to look at ${names}`);
  }
  for (const ref of drivenBy(kit, ctx)) {
    if (found.one(ref).is === 'no-such-kind') {
      throw new PreflightError(
        `the API server serves no ${ref.kind} (${ref.apiVersion})`,
        `provider ${kit.canary.provider} needs it: install it, or choose another with --provider`,
      );
    }
  }
}

/** A live Flagger and we would fight: its Canary on the same target, or its mark on the primary. */
async function notFlaggers({ env, kit, found, objects }: Checking): Promise<void> {
  const { targetRef, namespace } = kit.canary;
  const primary = found.one({ ...targetRef, name: `${targetRef.name}-primary` });
  const owner =
    primary.is === 'present' ? primary.object.metadata.ownerReferences?.find((reference) => reference['kind'] === 'Canary') : undefined;
  const theirs = owner ? String(owner['name']) : await flaggersCanary(objects, kit, env.signal);
  if (theirs) {
    throw new OwnedError(
      `${targetRef.kind} ${targetRef.name} is driven by Flagger: its Canary ${theirs} in namespace ${namespace}`,
      `kubectl -n ${namespace} delete canary ${theirs} ends that; two drivers would fight`,
    );
  }
}

async function flaggersCanary(objects: Objects, kit: Kit, signal: AbortSignal): Promise<string | undefined> {
  const listed = await objects.list({ apiVersion: 'flagger.app/v1beta1', kind: 'Canary' }, {}, signal).catch((error: unknown) => {
    // Not served: no Flagger. Not allowed: then the primary's owner must do.
    if (error instanceof ApiError && (error.missingKind || error.code === 403 || error.code === 404)) return { items: [] as Obj[] };
    throw error;
  });
  return listed.items.find((canary) => {
    const spec = isObject(canary['spec']) ? canary['spec'] : {};
    const target = isObject(spec['targetRef']) ? spec['targetRef'] : {};
    return target['kind'] === kit.canary.targetRef.kind && target['name'] === kit.canary.targetRef.name;
  })?.metadata.name;
}
