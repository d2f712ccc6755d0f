// A canary on a Service and a VirtualService that a user made before it: whole runs in virtual time, what the user's objects look like, and
// whether somebody answers their users. Judges nothing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Obj } from '../../src/contracts.ts';
import type { Send } from '../../src/ports.ts';
import type { SandboxWorld } from '../../src/sandbox/index.ts';
import { workloadShares } from '../../src/sandbox/mesh/index.ts';
import { killAt, type Killer } from '../faults/kill.ts';
import { stage, type Ran, type RunOptions, type Stage } from '../support/stage.ts';

export const adopted = readFileSync(join(import.meta.dirname, '../parity/recordings/adopted-istio/input.yaml'), 'utf8');

/** `type`, then what it is called, then more lines of YAML. */
export function withHooks(...hooks: [type: string, name: string, path?: string][]): string {
  const listed = hooks.map(([type, name, path = name]) => {
    return `\n    - { name: ${name}, type: ${type}, url: 'http://hooks.test/hook/x/${path}', timeout: 2m, retries: 0 }`;
  });
  return adopted.replace('    stepWeight: 25', `    webhooks:${listed.join('')}\n    stepWeight: 25`);
}

/** A run or a deletion that never comes to rest fails, instead of holding the tests. */
const most = 3_000;

function bounded(at: Stage): Stage {
  const limited = (options: RunOptions): RunOptions => {
    let sent = 0;
    const api = (send: Send): Send => {
      return (wire, signal) => (++sent > most ? Promise.reject(new Error(`more than ${most} requests`)) : send(wire, signal));
    };
    return { ...options, api: (send) => (options.api ?? ((same) => same))(api(send)) };
  };
  return { ...at, run: (options = {}) => at.run(limited(options)), remove: (options = {}) => at.remove(limited(options)) };
}

/** The target's pods are ready, and nothing of ours is there. */
export async function setUp(input = adopted, hooks: Record<string, number | number[]> = {}): Promise<{ at: Stage; before: Obj[] }> {
  const at = bounded(
    await stage('test', input, {
      queries: [
        ['histogram_quantile', 0.12],
        ['', 99.9],
      ],
      hooks,
    }),
  );
  await at.sandbox.until((world) => readyPods(world, 'podinfo') === 2);
  return { at, before: users(at.sandbox.world) };
}

const kinds = ['Deployment', 'Service', 'VirtualService', 'DestinationRule', 'Lease'];

/** All objects of the namespace that people and we make, without what the server sets. */
export function users(world: SandboxWorld): Obj[] {
  return kinds
    .flatMap((kind) => world.list(kind, 'test'))
    .map((object) => {
      const { resourceVersion: _version, generation: _generation, managedFields: _fields, ...metadata } = object.metadata;
      const { status: _status, ...rest } = object;
      const annotations = Object.entries(metadata.annotations ?? {}).filter(([name]) => name !== 'deployment.kubernetes.io/revision');
      return {
        ...rest,
        metadata: { ...metadata, ...(metadata.annotations ? { annotations: Object.fromEntries(annotations) } : {}) },
      } as Obj;
    });
}

export function readyPods(world: SandboxWorld, deployment: string): number {
  const status = world.get('Deployment', 'test', deployment)?.['status'] as { readyReplicas?: number } | undefined;
  return status?.readyReplicas ?? 0;
}

/** Who answers, by workload; '' is nobody. Inside the mesh it is asked by its Service, from outside by the user's gateway. */
export function shares(at: Stage): { inside: Record<string, number>; outside: Record<string, number> } {
  const { world } = at.sandbox;
  const outside = workloadShares(world, { name: 'app.example.com', namespace: 'test' }, { gateway: 'istio-system/mine', path: '/v1/x' });
  return {
    inside: Object.fromEntries(workloadShares(world, { name: 'podinfo', namespace: 'test' })),
    outside: Object.fromEntries(outside),
  };
}

/** After every change of the world: what part of the users nobody ready answered. Repeats are left out. */
export function watchUsers(at: Stage): string[] {
  const lost: string[] = [];
  let last = '';
  at.sandbox.world.store.subscribe(undefined, () => {
    const { inside, outside } = shares(at);
    const now = `${inside[''] ?? 0} % inside, ${outside[''] ?? 0} % outside to nobody`;
    if (now !== last && now !== none) lost.push(now);
    last = now;
  });
  return lost;
}

const none = '0 % inside, 0 % outside to nobody';

export function sleep(at: Stage, ms: number): Promise<void> {
  return at.sandbox.clock.sleep(ms, new AbortController().signal);
}

const never = new AbortController().signal;

export async function gone(at: Stage, path: string): Promise<void> {
  await at.sandbox.api({ method: 'DELETE', url: path, headers: {} }, never);
}

export async function patched(at: Stage, path: string, patch: object): Promise<void> {
  const headers = { 'content-type': 'application/merge-patch+json' };
  await at.sandbox.api({ method: 'PATCH', url: path, headers, body: JSON.stringify(patch) }, never);
}

/** Ends when the driver dies, or when it was not killed at all. */
export async function killed(
  by: (killer: Killer, options: RunOptions) => Promise<Ran>,
  killer: Killer = killAt(Infinity, 'before'),
): Promise<void> {
  const dead = new Promise((resolve) => killer.onDeath(() => resolve(undefined)));
  const options = { api: (send: Send) => killer.wrap(send), clock: killer.clock, seed: 'dead' };
  await Promise.race([by(killer, options), dead]);
}

/** Webhooks that never answer. */
export function unanswered(send: Send): Send {
  return (wire, signal) => {
    if (!wire.url.includes('/hook/')) return send(wire, signal);
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true }));
  };
}

export function last(ran: Ran): { exitCode: number | undefined; is: string | undefined } {
  const [outcome] = ran.outcomes;
  return { exitCode: outcome?.exitCode, is: outcome?.result.is };
}
