// One recording's steps, driven by the built command on a real API server: by somebody who holds just the Role that its spec needs. It compares nothing.
import yaml from 'js-yaml';
import type { Obj } from '../../../src/contracts.ts';
import { collectionOf } from '../../../src/kube/kinds.ts';
import { live, type Call, type Facts } from '../../parity/compare.ts';
import { comparedKinds, read, worldOf, type Step } from '../../parity/recording.ts';
import { openArena, type Arena, type Ended, type StartOptions } from '../arena.ts';
import type { Cluster } from '../cluster.ts';
import { schedulerName } from '../kubelet.ts';
import type { Mark } from './requests.ts';
import { intervalOf, quick } from './quick.ts';
import type { RoleRule } from './rules.ts';
import { watchRoutes, type RouteWatch } from './routes.ts';

export interface Played {
  readonly name: string;
  readonly namespace: string;
  readonly provider: string;
  readonly bootstrap: Ended;
  readonly release: Ended;
  /** What was run once the release had its end: a run with nothing to do (where there is nothing to do), status, describe, heal, delete. */
  readonly afterwards: Readonly<Record<string, Ended>>;
  readonly initialized: Facts;
  readonly final: Facts;
  readonly routes: readonly unknown[];
  readonly hooks: readonly Call[];
  readonly queries: readonly string[];
  /** What the driver's Role said. */
  readonly rules: readonly RoleRule[];
  /** When each command began. */
  readonly marks: readonly Mark[];
  readonly seconds: number;
}

/** A namespace in which a recording can begin. */
export interface SetUp {
  readonly namespace: string;
  /** The spec alone. */
  readonly file: string;
  /** Names: the Canary's, and its target's. */
  readonly canary: string;
  readonly target: string;
  readonly provider: string;
  readonly rules: readonly RoleRule[];
}

interface Play extends SetUp {
  readonly name: string;
  readonly arena: Arena;
  readonly watch: RouteWatch;
  readonly marks: Mark[];
}

export const drain = ['--drain', '1s'];

export async function play(cluster: Cluster, name: string): Promise<Played> {
  const namespace = `recorded-${name}`;
  const began = Date.now();
  const arena = await openArena(cluster, { namespace, script: worldOf(name) });
  const watch = await watchRoutes(cluster, namespace);
  try {
    const at = await setUp(arena, { name, interval: intervalOf(name) });
    const played = await life({ ...at, name, arena, watch, marks: [] });
    const seconds = Math.round((Date.now() - began) / 1000);
    return { name, namespace, provider: at.provider, rules: at.rules, seconds, ...played };
  } finally {
    watch.stop();
    await arena.close();
  }
}

/** The recording's objects in the arena's namespace, and just the rights that they and their spec need. */
export async function setUp(arena: Arena, about: { name: string; interval: string }): Promise<SetUp> {
  const { namespace } = arena;
  const input = quick(read(about.name, 'input.yaml'), { ...about, namespace });
  const documents = yaml.loadAll(input) as Obj[];
  const isSpec = ({ apiVersion }: Obj): boolean => apiVersion.startsWith('flagger.app/');
  for (const object of documents.filter((document) => !isSpec(document))) await arena.apply(object);
  const spec = documents.filter(isSpec);
  const file = arena.file('canary.yaml', spec.map((document) => yaml.dump(document)).join('---\n'));
  await arena.grant(arena.file('input.yaml', input));
  const canary = spec.find(({ kind }) => kind === 'Canary');
  const { provider, targetRef } = (canary?.['spec'] ?? {}) as { provider?: string; targetRef?: { name: string } };
  if (!canary || !provider || !targetRef) throw new Error(`${about.name} has no Canary that names its provider and target`);
  return { namespace, file, canary: canary.metadata.name, target: targetRef.name, provider, rules: await rulesIn(arena) };
}

type Lived = Omit<Played, 'name' | 'namespace' | 'provider' | 'rules' | 'seconds'>;

async function life(at: Play): Promise<Lived> {
  const { arena, canary, marks } = at;
  const { steps } = worldOf(at.name);
  const run = (mark: string): Promise<Ended> => command(at, mark, { argv: ['run', at.file, ...drain] });
  const bootstrap = await run('bootstrap');
  const initialized = (await lookAt(at)).facts;
  const release = await released(at, steps);
  const then = await lookAt(at);
  const looks = {
    ...(release.code === 0 ? { idle: await run('idle') } : {}),
    status: await command(at, 'status', { argv: ['status'] }),
    describe: await command(at, 'describe', { argv: ['describe', canary] }),
    heal: await command(at, 'heal', { argv: ['heal', canary] }),
  };
  const afterwards = { ...looks, delete: await command(at, 'delete', { argv: ['delete', canary, '--yes', ...drain] }) };
  // Where the recording ends with the canary's removal, that is its end; elsewhere the removal is ours alone.
  const last = steps.some(({ remove }) => remove) ? await lookAt(at) : then;
  const { hooks, queries } = plainly(at, { hooks: arena.neighbours.script.hooks, queries: arena.neighbours.script.queries });
  return { bootstrap, release, afterwards, initialized, final: last.facts, routes: last.routes, hooks, queries, marks };
}

/** Something is pushed, and while that is released something else, at the weight that the recording waits for. */
async function released(at: Play, [push = {}, ...pushes]: readonly Step[]): Promise<Ended> {
  await take(at, push);
  const taken: Promise<void>[] = [];
  const onOut = (text: string): void => {
    const [wait, then] = pushes;
    if (wait?.atWeight === undefined || !text.includes(`canary weight ${wait.atWeight}\n`)) return;
    pushes.splice(0, 2);
    taken.push(take(at, then ?? {}));
  };
  const ended = await command(at, 'start', { argv: ['run', at.file, ...drain], options: { onOut } });
  await Promise.all(taken);
  return ended;
}

async function command(at: Play, mark: string, what: { argv: readonly string[]; options?: StartOptions }): Promise<Ended> {
  at.marks.push({ name: mark, at: Date.now() });
  return at.arena.start([...what.argv, '-n', at.arena.namespace], what.options).ended;
}

async function take({ arena, target }: Play, step: Step): Promise<void> {
  if (step.image !== undefined) await arena.setImage(target, step.image);
  if (step.apply) await arena.apply(step.apply);
}

/** The objects, and all that the routes were until now. */
async function lookAt(at: Play): Promise<{ facts: Facts; routes: readonly unknown[] }> {
  const lists = await Promise.all(comparedKinds.map((kind) => listOf(at.arena, kind)));
  const objects = lists.flat();
  await at.watch.reached(objects);
  return plainly(at, { facts: live(objects), routes: [...at.watch.routes] });
}

const versions: Readonly<Record<(typeof comparedKinds)[number], string>> = {
  Deployment: 'apps/v1',
  Service: 'v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  ConfigMap: 'v1',
  Secret: 'v1',
  VirtualService: 'networking.istio.io/v1beta1',
  DestinationRule: 'networking.istio.io/v1beta1',
  HTTPRoute: 'gateway.networking.k8s.io/v1',
  TrafficSplit: 'split.smi-spec.io/v1alpha1',
  TraefikService: 'traefik.io/v1alpha1',
};

async function listOf(arena: Arena, kind: (typeof comparedKinds)[number]): Promise<Obj[]> {
  const apiVersion = versions[kind];
  const { status, text } = await arena.person({ path: collectionOf({ apiVersion, kind }, arena.namespace) });
  if (status !== 200) throw new Error(`list of ${kind}: ${status} ${text}`);
  // On somebody's cluster pods ask for the stand-in (arena.ts); nobody recorded that.
  const plain = text.replaceAll(`"schedulerName":"${schedulerName}"`, '"schedulerName":"default-scheduler"');
  return (JSON.parse(plain) as { items: Obj[] }).items.map((item) => ({ ...item, apiVersion, kind }));
}

async function rulesIn(arena: Arena): Promise<RoleRule[]> {
  const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${arena.namespace}/roles`;
  const { items } = JSON.parse((await arena.person({ path })).text) as { items: { rules: RoleRule[] }[] };
  return items.flatMap(({ rules }) => rules);
}

/** With the namespace called as in the recording. */
function plainly<T>({ name, arena }: Play, value: T): T {
  return JSON.parse(JSON.stringify(value).replaceAll(arena.namespace, name)) as T;
}
