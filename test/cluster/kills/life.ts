// One recorded release in a namespace of its own, on the real API server: drivers are processes behind a wiretap each. It judges nothing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import yaml from 'js-yaml';
import type { Obj } from '../../../src/contracts.ts';
import type { Log } from '../../faults/log.ts';
import { openScene, targetOf, type Scene } from '../../faults/scene.ts';
import type { Arena, Ended, Running } from '../arena.ts';
import { openArena } from '../arena.ts';
import type { AuditEvent } from '../audit.ts';
import { ask, type Cluster } from '../cluster.ts';
import { tap, type Tapped, type Taps } from '../wiretap.ts';
import { endOf, type End } from './end.ts';
import { followAudit, type Following } from './follow.ts';
import { wallClock, type Heard } from './heard.ts';
import { logOfAudit, type Account } from './log-of-audit.ts';

export type Recording = 'seed0-promote' | 'seed0-rollback';

/** Where lives take place: one cluster, one look at its audit log. */
export interface Ground {
  readonly cluster: Cluster;
  readonly following: Following;
  readonly scenes: ReadonlyMap<Recording, Scene>;
  close(): void;
}

const recordings = join(import.meta.dirname, '../../parity/recordings');
/** A word for this run of the tests: a cluster of the user's own may have seen others. */
const prefix = `kills-${Date.now().toString(36)}-`;
/** Longer than anything here takes; who needs more has hung. */
const longest = 300_000;

export async function openGround(cluster: Cluster): Promise<Ground> {
  if (cluster.audit === null) throw new Error('without the audit log of the API server nothing can be judged');
  const following = followAudit(cluster.audit, prefix);
  const scenes = new Map<Recording, Scene>();
  for (const name of ['seed0-promote', 'seed0-rollback'] as const) scenes.set(name, await openScene(name));
  return { cluster, following, scenes, close: () => following.close() };
}

export interface Driver extends Running {
  /** Requests that change something, in the order in which they were sent. */
  readonly sent: readonly Tapped[];
}

export interface Life {
  readonly recording: Recording;
  readonly arena: Arena;
  /** The built command's `run`, behind a wiretap; `name` is its own in the log. */
  drive(name: string, options?: { argv?: readonly string[]; taps?: Taps }): Promise<Driver>;
  /** The recording's new code. */
  push(): Promise<void>;
  end(): Promise<End>;
  /** Everything that has happened so far: call it when no driver is left. */
  account(): Promise<Account>;
  log(): Promise<Log>;
  close(): Promise<void>;
}

interface Room {
  readonly ground: Ground;
  readonly scene: Scene;
  readonly arena: Arena;
  readonly file: string;
  readonly events: readonly AuditEvent[];
  readonly heard: Heard[];
  readonly taps: { close(): Promise<void> }[];
  /** Requests of drivers that the API server has answered. */
  answered: number;
}

export async function openLife(ground: Ground, recording: Recording, name: string): Promise<Life> {
  const scene = ground.scenes.get(recording);
  if (!scene) throw new Error(`${recording} was not opened`);
  const namespace = `${prefix}${name}`;
  const [heard, now]: [Heard[], () => number] = [[], wallClock()];
  const events = ground.following.keep(namespace);
  const told = (wire: Heard['wire'], status: number, reply: string) => void heard.push({ at: now(), wire, status, reply });
  const arena = await openArena(ground.cluster, { namespace, script: scene.script, told });
  const file = await furnish(arena, recording);
  const room: Room = { ground, scene, arena, file, events, heard, taps: [], answered: 0 };
  const account = () => accountOf(room);
  return {
    ...{ recording, arena, account },
    drive: (driver, options = {}) => drive(room, driver, options),
    push: () => arena.setImage(targetOf(scene.canaries), scene.script.steps[0]?.image ?? ''),
    end: () => endOf(ground.cluster, namespace, targetOf(scene.canaries)),
    log: async () => logOfAudit(await account()),
    close: () => close(room),
  };
}

/** The recording's objects, its Canary at a quicker pace, and who may drive it. */
async function furnish(arena: Arena, recording: Recording): Promise<string> {
  const documents = yaml.loadAll(readFileSync(join(recordings, recording, 'input.yaml'), 'utf8')) as (Obj & {
    spec: { analysis?: object };
  })[];
  for (const object of documents.filter(({ kind }) => kind !== 'Canary')) await arena.apply(object);
  const [canary] = documents.filter(({ kind }) => kind === 'Canary');
  if (!canary) throw new Error(`${recording} has no Canary`);
  const quick = { ...canary, spec: { ...canary.spec, analysis: { ...canary.spec.analysis, interval: '1s' } } };
  const file = arena.file('canary.yaml', yaml.dump(quick));
  await arena.grant(file);
  return file;
}

async function drive(room: Room, name: string, { argv = [], taps = {} }: { argv?: readonly string[]; taps?: Taps }): Promise<Driver> {
  const { arena, file, ground } = room;
  const sent: Tapped[] = [];
  const wiretap = await tap(ground.cluster, name, {
    before(request) {
      if (isMutating(request)) sent.push(request);
      return taps.before?.(request) ?? 'pass';
    },
    after(request, status) {
      if (isMutating(request)) room.answered++;
      return taps.after?.(request, status);
    },
  });
  room.taps.push(wiretap);
  const running = arena.start(['run', file, '-n', arena.namespace, '--drain', '1s', ...argv], { server: wiretap.url });
  return { child: running.child, ended: within(running), sent };
}

/** Access reviews only ask. */
export function isMutating({ method, path }: Tapped): boolean {
  return method !== 'GET' && !/^\/apis\/auth(oriz|entic)ation\.k8s\.io\//.test(path);
}

async function within({ child, ended }: Running): Promise<Ended> {
  let hangs = false;
  const timer = setTimeout(() => {
    hangs = true;
    child.kill('SIGKILL');
  }, longest);
  const end = await ended.finally(() => clearTimeout(timer));
  return hangs ? { ...end, err: `it never ended; ${end.err}` } : end;
}

async function accountOf(room: Room): Promise<Account> {
  const { arena, events, heard, ground, scene } = room;
  const { namespace } = arena;
  await arena.person({ method: 'POST', path: `/api/v1/namespaces/${namespace}/events`, body: marker(namespace) });
  for (let tries = 0; tries < 100; tries++) {
    ground.following.read();
    const written = events.filter((event) => isOfDriver(event, namespace)).length;
    if (written >= room.answered && events.some(({ objectRef }) => objectRef?.name === 'all-done')) {
      const target = targetOf(scene.canaries);
      return { subject: { namespace, target, apex: scene.canaries[0]?.service.name ?? '' }, events: [...events], heard: [...heard] };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the audit log tells less of ${namespace} than its drivers sent`);
}

/** Stands in the audit log behind all that was to be waited for. */
function marker(namespace: string): Obj {
  const about = { apiVersion: 'v1', kind: 'Namespace', name: namespace, namespace };
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'all-done', namespace },
    involvedObject: about,
    reason: 'Done',
    message: 'done',
  };
}

function isOfDriver({ user, verb, objectRef, stage }: AuditEvent, namespace: string): boolean {
  if (!user.username.startsWith(`system:serviceaccount:${namespace}:`) || stage !== 'ResponseComplete') return false;
  const isReview = /^auth(oriz|entic)ation\.k8s\.io$/.test(objectRef?.apiGroup ?? '');
  return !isReview && ['create', 'update', 'patch', 'delete'].includes(verb);
}

async function close({ arena, ground, taps }: Room): Promise<void> {
  await Promise.all(taps.map((one) => one.close()));
  // Scalers without metrics complain for as long as they stand.
  const scalers = `/apis/autoscaling/v2/namespaces/${arena.namespace}/horizontalpodautoscalers`;
  await ask(ground.cluster, { method: 'DELETE', path: scalers });
  await arena.close();
  ground.following.forget(arena.namespace);
}
