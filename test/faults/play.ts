// A scene being played: one world, one log, any number of drivers, each of which may be disturbed or die.
import { isObject } from '../../src/common/json.ts';
import type { Obj } from '../../src/contracts.ts';
import type { Send } from '../../src/ports.ts';
import { remove } from '../../src/runner/remove.ts';
import type { run } from '../../src/runner/run.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { scripted } from '../support/script.ts';
import { signals, staged, type Ran, type RunOptions, type Stage } from '../support/stage.ts';
import type { Killer } from './kill.ts';
import { createLog, record, type Log, type Observed } from './log.ts';
import { placeOf } from './paths.ts';
import { targetOf, type Scene } from './scene.ts';
import type { Stored } from './setup.ts';

/** What drives: the real runner, or one with a bug planted in it. */
export interface Engine {
  readonly run: typeof run;
  readonly remove: typeof remove;
}

/** A scene being played: one world, one log, any number of drivers. */
export interface Play {
  stage: Stage;
  log: Log;
  /** What a delete must bring back. */
  originals: readonly Stored[];
  /** One run of a driver; with a killer it may die on the way, which resolves to undefined. */
  drive(actor: string, options?: RunOptions & { killer?: Killer; disturb?: (send: Send) => Send }): Promise<Ran | undefined>;
}

/** `engine`: another runner than the real one. */
export function play(scene: Scene, engine?: Engine): Play {
  const sandbox = createSandbox({ clock: 'virtual' });
  sandbox.world.restore(scene.start);
  const { namespace, canaries, library } = scene;
  const at = staged({ namespace, sandbox, script: scripted(scene.script), canaries, library }, engine?.run);
  const canary = canaries[0];
  const log = createLog({ namespace, target: targetOf(canaries), apex: canary?.service.name ?? '' }, observe(sandbox));
  pushLater(scene, sandbox);
  return {
    stage: at,
    log,
    originals: scene.originals ?? [],
    async drive(actor, options = {}) {
      const { killer, disturb, ...rest } = options;
      const wrap = (send: Send): Send => {
        const disturbed = disturb ? disturb(send) : send;
        return killer ? killer.wrap(disturbed) : disturbed;
      };
      const command = scene.originals ? (options: RunOptions) => removed(at, scene, { options, engine }) : at.run;
      const run = command({
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

/** `canary delete`. Where nothing is left to be deleted it says so. */
async function removed(at: Stage, scene: Scene, { options, engine }: { options: RunOptions; engine: Engine | undefined }): Promise<Ran> {
  const base = at.sandbox.asWorld();
  const lines: string[] = [];
  let count = 0;
  const seed = options.seed ?? 'remove';
  const [{ name, namespace } = { name: '', namespace: '' }] = scene.canaries;
  const api = options.api?.(base.api) ?? base.api;
  const outcome = await (engine?.remove ?? remove)({
    world: { ...base, api, clock: options.clock?.(base.clock) ?? base.clock },
    ...{ name, namespace, host: `${seed}@test`, watch: true, drain: options.drain ?? 10_000 },
    reporter: { event: ({ text }) => void lines.push(text), note: () => undefined, result: () => undefined },
    intents: (options.signals ?? signals()).intents,
    random: () => `${seed}-${(++count).toString(16)}`,
  }).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'PreflightError') return undefined;
    throw error;
  });
  return { outcomes: outcome ? [outcome] : [], lines, notes: [] };
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
