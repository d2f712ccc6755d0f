// Scenes for the sweeps: a recorded release on the sandbox, from a snapshot, so that every kill begins in the same world.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import yaml from 'js-yaml';
import { isObject } from '../../src/common/json.ts';
import type { Canary, Obj } from '../../src/contracts.ts';
import type { State } from '../../src/core/types.ts';
import type { Send } from '../../src/ports.ts';
import type { run } from '../../src/runner/run.ts';
import { createSandbox, type Sandbox, type WorldSnapshot } from '../../src/sandbox/index.ts';
import { live, type Facts } from '../parity/compare.ts';
import { scripted, type Script } from '../support/script.ts';
import { stage, staged, type Ran, type RunOptions, type Stage } from '../support/stage.ts';
import type { Killer } from './kill.ts';
import { createLog, record, type Log, type Observed } from './log.ts';
import { placeOf } from './paths.ts';
import type { Setup, Wanted } from './setup.ts';

export const scenes = ['bootstrap', 'seed0-promote', 'seed0-rollback', 'bg-kubernetes', 'new-revision'] as const;
export type SceneName = (typeof scenes)[number];

interface WorldFile extends Script {
  steps: { image?: string; atWeight?: number }[];
}

/** The world in which the run under test begins. */
export interface Scene {
  name: string;
  namespace: string;
  canaries: Canary[];
  script: WorldFile;
  start: WorldSnapshot;
}

const settled = 5_000;
const recordings = join(import.meta.dirname, '../parity/recordings');

export async function openScene(name: SceneName): Promise<Scene> {
  const from = name === 'bootstrap' ? 'seed0-promote' : name;
  const script = yaml.load(readFileSync(join(recordings, from, 'world.yaml'), 'utf8')) as WorldFile;
  const at = await stage(from, readFileSync(join(recordings, from, 'input.yaml'), 'utf8'), script);
  if (name !== 'bootstrap') {
    await at.run({ seed: 'bootstrap' });
    await at.sandbox.setImage(from, targetOf(at.canaries), script.steps[0]?.image ?? '');
    // The pods of before must be gone: they would be ready for a canary that is not.
    await at.sandbox.clock.sleep(settled, new AbortController().signal);
  }
  return { name, namespace: from, canaries: at.canaries, script, start: at.sandbox.world.snapshot() };
}

function targetOf(canaries: readonly Canary[]): string {
  return canaries[0]?.targetRef.name ?? '';
}

/** A scene being played: one world, one log, any number of drivers. */
export interface Play {
  stage: Stage;
  log: Log;
  /** One run of a driver; with a killer it may die on the way, which resolves to undefined. */
  drive(actor: string, options?: RunOptions & { killer?: Killer; disturb?: (send: Send) => Send }): Promise<Ran | undefined>;
}

/** `engine`: another runner than the real one. */
export function play(scene: Scene, engine?: typeof run): Play {
  const sandbox = createSandbox({ clock: 'virtual' });
  sandbox.world.restore(scene.start);
  const at = staged({ namespace: scene.namespace, sandbox, script: scripted(scene.script), canaries: scene.canaries }, engine);
  const canary = scene.canaries[0];
  const log = createLog(
    { namespace: scene.namespace, target: targetOf(scene.canaries), apex: canary?.service.name ?? '' },
    observe(sandbox),
  );
  pushLater(scene, sandbox);
  return {
    stage: at,
    log,
    async drive(actor, options = {}) {
      const { killer, disturb, ...rest } = options;
      const wrap = (send: Send): Send => {
        const disturbed = disturb ? disturb(send) : send;
        return killer ? killer.wrap(disturbed) : disturbed;
      };
      const run = at.run({
        ...rest,
        seed: actor,
        api: (send) => wrap(record(send, actor, log)),
        http: (send) => wrap(record(send, 'http', log)),
        ...(killer ? { clock: (clock) => killer.clock(clock) } : {}),
      });
      if (!killer) return run;
      const dead = new Promise<undefined>((resolve) => killer.onDeath(() => resolve(undefined)));
      return Promise.race([run, dead]);
    },
  };
}

/** The recording's later steps, moved by the world alone: another image once the route first shows a weight. */
function pushLater(scene: Scene, sandbox: Sandbox): void {
  const [wait, push] = scene.script.steps.slice(1);
  if (wait?.atWeight === undefined || push?.image === undefined) return;
  const { image } = push;
  let pushed = false;
  sandbox.world.store.subscribe(undefined, ({ after }) => {
    if (pushed || after.kind !== 'VirtualService' || weightOf(after) !== wait.atWeight) return;
    pushed = true;
    sandbox.world.clock.after(100, () => void sandbox.setImage(scene.namespace, targetOf(scene.canaries), image));
  });
}

function weightOf(route: Obj): number | undefined {
  const weights = [...JSON.stringify(route['spec']).matchAll(/-canary"},"weight":(\d+)/g)].map(([, weight]) => Number(weight));
  return weights[0];
}

function observe(sandbox: Sandbox): Observed {
  const { world } = sandbox;
  const kinds = new Map(world.kinds.map(({ group, plural, kind }) => [`${group}/${plural}`, kind]));
  return {
    now: () => world.clock.now(),
    object(path) {
      const place = placeOf(path);
      if (!place?.name) return undefined;
      const [group, plural] = place.resource.includes('/') ? place.resource.split('/') : ['', place.resource];
      const kind = kinds.get(`${group}/${plural}`);
      return kind && world.get(kind, place.namespace, place.name);
    },
    readyPods: (namespace, labels) =>
      world
        .list('Pod', namespace)
        .filter((pod) => Object.entries(labels).every(([key, value]) => pod.metadata.labels?.[key] === value) && isReady(pod)).length,
  };
}

function isReady(pod: Obj): boolean {
  // A pod that is on its way out takes no traffic.
  if (pod.metadata['deletionTimestamp'] !== undefined) return false;
  const conditions = isObject(pod['status']) && Array.isArray(pod['status']['conditions']) ? pod['status']['conditions'] : [];
  return conditions.some((condition) => isObject(condition) && condition['type'] === 'Ready' && condition['status'] === 'True');
}

/** What the checker must know of the scene. */
export function setupOf(scene: Scene, extra: Partial<Setup> = {}): Setup {
  const canary = scene.canaries[0];
  if (!canary) throw new Error('a scene without a canary');
  const metrics = canary.metrics.map(({ name, min, max }): Wanted => {
    const scale = name === 'request-duration' && canary.provider === 'kubernetes' ? 1000 : 1;
    return {
      name,
      is: 'metric',
      has: [name === 'request-duration' ? 'histogram_quantile' : '* 100'],
      ...(min === undefined ? {} : { min: min / scale }),
      ...(max === undefined ? {} : { max: max / scale }),
    };
  });
  const hooks = canary.hooks.filter(({ type }) => type === 'rollout').map(({ name, url }): Wanted => ({ name, is: 'hook', url }));
  const { strategy } = canary;
  return {
    namespace: scene.namespace,
    target: canary.targetRef.name,
    apex: canary.service.name,
    provider: canary.provider === 'kubernetes' ? 'kubernetes' : 'istio',
    drainMs: 10_000,
    intervalMs: canary.interval,
    answers: [...hooks, ...metrics],
    ...(strategy.kind === 'weights' ? { steps: strategy.steps } : { iterations: strategy.count }),
    ...extra,
  };
}

/** What must be the same at the end, however the release was disturbed. */
export function endState(at: Stage): { objects: Facts; record: unknown } {
  const { world } = at.sandbox;
  const kinds = ['Deployment', 'Service', 'HorizontalPodAutoscaler', 'ConfigMap', 'VirtualService', 'DestinationRule'];
  const objects = live(kinds.flatMap((kind) => world.list(kind, at.namespace)));
  return { objects, record: recordOf(at) };
}

export function recordOf(at: Stage): unknown {
  const record = at.sandbox.world.get('ConfigMap', at.namespace, `canary-deployment-${targetOf(at.canaries)}`);
  const data = record && isObject(record['data']) ? record['data'] : {};
  const state = JSON.parse(String(data['state'] ?? '{}')) as Partial<State>;
  const { phase, traffic, revision, promoted, failed, driver, home, parked } = state;
  return { phase, traffic, revision, promoted, failed, driver, home, parked };
}
