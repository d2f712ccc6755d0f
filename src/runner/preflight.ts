// Whether this cluster can serve this canary, found out before the first write. Reads only; speaks in plain words and exit codes.
import { isObject } from '../common/json.ts';
import { isOurs } from '../common/metadata.ts';
import type { Found, Obj, Touch } from '../contracts.ts';
import { serviceProblems } from '../core/services.ts';
import type { Kit } from '../core/types.ts';
import { ForbiddenError, OwnedError, PreflightError } from '../errors.ts';
import { drivenBy, plugins } from '../kit.ts';
import { ApiError } from '../kube/api-error.ts';
import type { Objects } from '../kube/objects.ts';
import { kindOf } from '../kube/kinds.ts';
import { missingRules } from '../kube/preflight.ts';
import type { Env } from './env.ts';

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

/** What the plug-ins and the runner itself write, asked for before the first write. */
export async function permitted({ env, kit, found, objects }: Checking): Promise<void> {
  const { namespace } = kit.canary;
  const own: Touch[] = [
    { group: '', version: 'v1', resource: 'configmaps', verbs: ['get', 'list', 'watch', 'create', 'patch'] },
    { group: '', version: 'v1', resource: 'services', verbs: ['get', 'list', 'watch', 'create', 'patch'] },
    { group: 'coordination.k8s.io', version: 'v1', resource: 'leases', verbs: ['get', 'create', 'patch', 'delete'] },
  ];
  const ctx = { canary: kit.canary, found, digest: kit.digest, made: [] };
  const touches = [...own, ...plugins(kit).flatMap((plugin) => plugin.touches(ctx))];
  await mustBeAllowed({ env, objects, namespace, touches }, 'not allowed to do what this canary needs');
}

async function mustBeAllowed(
  { env, objects, namespace, touches }: Pick<Checking, 'env' | 'objects'> & { namespace: string; touches: Touch[] },
  what: string,
): Promise<void> {
  const missing = await missingRules(objects, { touches, namespace }, env.signal);
  if (missing.length) throw new ForbiddenError(`${what} in namespace ${namespace}`, `add to a Role:\n${missing.join('\n')}`);
}

/** What `delete` takes away besides what it changes. */
export async function mayRemove({ env, kit, found, objects }: Checking): Promise<void> {
  const { namespace } = kit.canary;
  const ctx = { canary: kit.canary, found, digest: kit.digest, made: [] };
  const ours = drivenBy(kit, ctx).filter((ref) => {
    const look = found.one(ref);
    return look.is === 'present' && isOurs(look.object);
  });
  const touches = [{ apiVersion: 'v1', kind: 'ConfigMap' }, ...ours].map(({ apiVersion, kind }): Touch => {
    const [version = '', group = ''] = apiVersion.split('/').reverse();
    return { group, version, resource: kindOf({ apiVersion, kind }).plural, verbs: ['delete'] };
  });
  await mustBeAllowed({ env, objects, namespace, touches }, `not allowed to take away what was made for ${kit.canary.name}`);
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
