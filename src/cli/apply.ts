// `run --apply`: which objects of the files go into the cluster, and which of their fields the releases of these files drive already. Writes nothing
// by itself.
import { isObject } from '../common/json.ts';
import type { Canary } from '../contracts.ts';
import { applyObjects, type Driven } from '../kube/apply.ts';
import { OwnedError } from '../errors.ts';
import { asCanaryError } from '../kube/api-error.ts';
import { groupOf } from '../kube/kinds.ts';
import { isAlive } from '../kube/lease.ts';
import { createObjects } from '../kube/objects.ts';
import { readRecord } from '../kube/record.ts';
import { reliable } from '../kube/send.ts';
import type { Millis, World } from '../ports.ts';
import { LateInQueue } from '../runner/turn.ts';
import type { OtherDocument } from '../spec/load.ts';

export interface FilesToApply {
  readonly world: World;
  readonly canaries: readonly Canary[];
  readonly others: readonly OtherDocument[];
  /** Of objects that name none. */
  readonly namespace: string;
  /** Behind a living driver: wait for it, push it aside (the run will take over), or stop before anything is written. */
  readonly turn: 'wait' | 'takeover' | 'stop';
  /** How long to wait for the driver. */
  readonly timeout: Millis;
  /** --image: of which container. */
  readonly image?: { readonly container?: string };
  note(text: string): void;
}

export async function applyFiles(what: FilesToApply, signal: AbortSignal): Promise<void> {
  const { world, namespace, note } = what;
  const documents = what.others.filter(({ apiVersion }) => groupOf(apiVersion) !== 'flagger.app');
  const ways = { send: reliable(world.api, world.clock), clock: world.clock, namespace };
  try {
    if (what.turn !== 'takeover') for (const canary of what.canaries) await undisturbed(what, { ...ways, canary }, signal);
    const driven = [...scaled(documents, namespace), ...(await drivenFields(what, ways, signal))];
    const tell = ({ kind, name, did }: { kind: string; name: string; did: string }): void => note(`applied ${kind}/${name} (${did})`);
    await applyObjects({ ...ways, tell }, { documents, driven }, signal);
  } catch (error) {
    throw asCanaryError(error) ?? error;
  }
}

type Ways = Parameters<typeof createObjects>[0];

/** What is applied under a release that is under way would be its end: first it is somebody else's turn. */
async function undisturbed(what: FilesToApply, by: Ways & { canary: Canary }, signal: AbortSignal): Promise<void> {
  const { canary, clock } = by;
  const { name, namespace } = canary;
  const objects = createObjects({ ...by, namespace });
  const began = clock.now();
  for (;;) {
    const record = await readRecord(objects, canary, signal);
    if (record.is !== 'present' || !record.state.driver) return;
    const who = record.state.host || record.state.driver;
    if (!(await isAlive({ objects, clock, namespace, id: record.state.driver, signal }))) return;
    if (what.turn === 'stop')
      throw new OwnedError(`${name}.${namespace} is driven by ${who}, which is alive: nothing was applied`, 'wait for it with --queue');
    if (clock.now() - began >= what.timeout) throw new LateInQueue(`--timeout reached; nothing was applied, ${who} still drives`);
    what.note(`${name}.${namespace} is driven by ${who}: applying when that has ended`);
    await clock.sleep(5_000, signal);
    signal.throwIfAborted();
  }
}

/** Where a record stands, a release drives: these fields are no longer the files'. */
async function drivenFields(what: FilesToApply, ways: Ways, signal: AbortSignal): Promise<Driven[]> {
  const driven: Driven[] = [];
  for (const canary of what.canaries) {
    const record = await readRecord(createObjects({ ...ways, namespace: canary.namespace }), canary, signal);
    if (record.is !== 'absent') driven.push(...fieldsOf(canary, what.image));
    else if (canary.scalerRef) driven.push({ ...targetOf(canary), fields: [['spec', 'replicas']] });
  }
  return driven;
}

function targetOf({ targetRef, namespace }: Canary): Omit<Driven, 'fields'> {
  return { group: groupOf(targetRef.apiVersion), kind: targetRef.kind, namespace, name: targetRef.name };
}

function fieldsOf(canary: Canary, image: FilesToApply['image']): Driven[] {
  const apex = { namespace: canary.namespace, name: canary.service.name };
  const service = [
    ['spec', 'selector'],
    ['spec', 'ports'],
  ];
  const reach = [
    ['spec', 'hosts'],
    ['spec', 'gateways'],
  ];
  const parents = [
    ['spec', 'hostnames'],
    ['spec', 'parentRefs'],
  ];
  const routes = [
    ['spec', 'http'],
    ['spec', 'tcp'],
  ];
  return [
    { ...targetOf(canary), fields: [['spec', 'replicas']], ...(image ? { image } : {}) },
    { group: '', kind: 'Service', ...apex, fields: service },
    { group: 'networking.istio.io', kind: 'VirtualService', ...apex, fields: routes, lists: reach },
    { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', ...apex, fields: [['spec', 'rules']], lists: parents },
    { group: 'split.smi-spec.io', kind: 'TrafficSplit', ...apex, fields: [['spec', 'backends']] },
    { group: 'traefik.io', kind: 'TraefikService', ...apex, fields: [['spec', 'weighted', 'services']] },
  ];
}

/** A file's number of pods must not take away what an autoscaler has added. */
function scaled(documents: readonly OtherDocument[], defaultNamespace: string): Driven[] {
  return documents.flatMap(({ kind, namespace = defaultNamespace, object }) => {
    const spec = isObject(object['spec']) ? object['spec'] : {};
    const of = isObject(spec['scaleTargetRef']) ? spec['scaleTargetRef'] : {};
    const { name, kind: targetKind = 'Deployment', apiVersion = 'apps/v1' } = of;
    if (!['HorizontalPodAutoscaler', 'ScaledObject'].includes(kind) || typeof name !== 'string') return [];
    return [{ group: groupOf(String(apiVersion)), kind: String(targetKind), namespace, name, fields: [['spec', 'replicas']] }];
  });
}
