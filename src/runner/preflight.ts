// Whether this cluster can serve this canary, found out before the first write. Reads only; speaks in plain words and exit codes.
import { equal, isObject } from '../common/json.ts';
import { isOurs } from '../common/metadata.ts';
import type { Ctx, Found, Obj } from '../contracts.ts';
import { serviceProblems } from '../core/services.ts';
import type { Kit } from '../core/types.ts';
import { ForbiddenError, OwnedError, PreflightError } from '../errors.ts';
import { drivenBy, plugins } from '../kit.ts';
import { ApiError } from '../kube/api-error.ts';
import type { Objects } from '../kube/objects.ts';
import { kindOf } from '../kube/kinds.ts';
import { missingRights } from '../kube/preflight.ts';
import { rbacCommand, ruleLine, rulesOf, type Right } from '../kube/rules.ts';
import type { Env } from './env.ts';
import { permissions, type Permission } from './permissions.ts';

export interface Checking {
  env: Env;
  kit: Kit;
  found: Found;
  objects: Objects;
}

export async function preflight(checking: Checking): Promise<void> {
  const { kit, found } = checking;
  reachable(checking);
  const ctx = { canary: kit.canary, found, digest: kit.digest, made: [] };
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
  const all = permissions(kit, contextOf(checking)).filter((each) => each.for !== 'delete');
  const missing = await missingRights(checking.objects, all.map(rightOf), env.signal);
  const isNeeded = (right: Right): boolean => all.some((each) => each.for === 'run' && equal(rightOf(each), right));
  const needed = missing.filter(isNeeded);
  if (needed.length) throw lacking(kit, needed, 'not allowed to do what this canary needs');
  if (missing.length) env.reporter.note(`going on with less to show or tell, without\n${linesOf(missing).join('\n')}`, kit.canary);
}

/** What `delete` takes away besides what it changes. */
export async function mayRemove(checking: Checking): Promise<void> {
  const { env, kit, found, objects } = checking;
  const theirs = drivenBy(kit, contextOf(checking)).filter((ref) => {
    const look = found.one(ref);
    return look.is !== 'present' || !isOurs(look.object);
  });
  const isTheirs = ({ resource, name }: Right): boolean => theirs.some((ref) => ref.name === name && kindOf(ref).plural === resource);
  const wanted = permissions(kit, contextOf(checking)).filter((each) => each.for === 'delete' && !isTheirs(each));
  const missing = await missingRights(objects, wanted.map(rightOf), env.signal);
  if (missing.length) throw lacking(kit, missing, `not allowed to take away what was made for ${kit.canary.name}`);
}

function contextOf({ kit, found }: Checking): Ctx {
  return { canary: kit.canary, found, digest: kit.digest, made: [] };
}

function rightOf({ for: _, ...right }: Permission): Right {
  return right;
}

function lacking({ canary }: Kit, missing: readonly Right[], what: string): ForbiddenError {
  const file = canary.where('kind').replace(/(:\d+)+$/, '');
  const command = rbacCommand(/\s/.test(file) || file === 'stdin' ? undefined : file);
  return new ForbiddenError(
    `${what} in namespace ${canary.namespace}`,
    `add to a Role:\n${linesOf(missing).join('\n')}\nor all that it takes: ${command}`,
  );
}

function linesOf(rights: readonly Right[]): string[] {
  const namespaces = [...new Set(rights.map(({ namespace }) => namespace))];
  return namespaces.flatMap((namespace) => {
    return rulesOf(rights.filter((right) => right.namespace === namespace)).map((rule) => ruleLine(rule, namespace));
  });
}

/** Every object that we are to drive can be looked at. */
function reachable({ kit, found }: Checking): void {
  const ctx = { canary: kit.canary, found, digest: kit.digest, made: [] };
  for (const ref of drivenBy(kit, ctx)) {
    const seen = found.one(ref);
    if (seen.is === 'forbidden') throw new ForbiddenError(`not allowed to look at ${ref.kind} ${ref.name}`, `add the rule ${seen.rule}`);
    if (seen.is === 'no-such-kind') {
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
