// Scenes for the sweeps: a recorded release on the sandbox, from a snapshot, so that every kill begins in the same world.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import yaml from 'js-yaml';
import type { Canary, Obj } from '../../src/contracts.ts';
import type { WorldSnapshot } from '../../src/sandbox/index.ts';
import type { Library } from '../../src/spec/library.ts';
import type { Script } from '../support/script.ts';
import { stage, type Stage } from '../support/stage.ts';
import type { Stored } from './setup.ts';
import { storedIn } from './stored.ts';

/** What two drivers race for. */
export const raced = ['bootstrap', 'seed0-promote', 'seed0-rollback', 'bg-kubernetes', 'new-revision'] as const;
type Other =
  | 'hooks-all'
  | 'seed4-mirror'
  | 'ab-istio'
  | 'affinity-istio'
  | 'config-tracking'
  | 'skip-analysis'
  | 'alerts'
  | 'delete'
  | 'gatewayapi-mirror'
  | 'traefik';
export type SceneName = (typeof raced)[number] | Other;

interface Step {
  image?: string;
  atWeight?: number;
  apply?: Obj;
}

interface WorldFile extends Script {
  steps: Step[];
}

/** The world in which the run under test begins. */
export interface Scene {
  name: string;
  namespace: string;
  canaries: Canary[];
  library: Library;
  script: WorldFile;
  start: WorldSnapshot;
  /** Where alerts go, by the name of their provider. */
  addresses: Readonly<Record<string, string>>;
  /** `canary delete` is what is tested: what must stand afterwards. */
  originals?: readonly Stored[];
}

const settled = 5_000;
const recordings = join(import.meta.dirname, '../parity/recordings');

interface Recording {
  from: string;
  input: string;
  script: WorldFile;
}

function recordingOf(name: SceneName): Recording {
  const from = name === 'bootstrap' ? 'seed0-promote' : name === 'delete' ? 'adopted-istio' : name;
  const input = readFileSync(join(recordings, from, 'input.yaml'), 'utf8');
  const script = yaml.load(readFileSync(join(recordings, from, 'world.yaml'), 'utf8')) as WorldFile;
  return { from, input: name === 'delete' ? withScaler(input) : input, script };
}

/** The recording has no scaler, and a delete must leave the user's as it is. */
function withScaler(input: string): string {
  const ref = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'podinfo' };
  const target = { type: 'Utilization', averageUtilization: 99 };
  const spec = {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' },
    minReplicas: 2,
    maxReplicas: 4,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
  };
  const documents = yaml.loadAll(input) as (Obj & { spec: object })[];
  const scaler = { apiVersion: ref.apiVersion, kind: ref.kind, metadata: { name: ref.name, labels: { mine: 'yes' } }, spec };
  const scaled = documents.map((one) => (one.kind === 'Canary' ? { ...one, spec: { ...one.spec, autoscalerRef: ref } } : one));
  return [scaler, ...scaled].map((document) => yaml.dump(document)).join('---\n');
}

export async function openScene(name: SceneName): Promise<Scene> {
  const recording = recordingOf(name);
  const { from, input, script } = recording;
  const at = await stage(from, input, script);
  if (name !== 'bootstrap') {
    await at.run({ seed: 'bootstrap' });
    await release(at, script);
  }
  if (name === 'delete') {
    await at.run({ seed: 'release' });
    await settle(at);
  }
  return {
    ...{ name, namespace: from, canaries: at.canaries, library: at.library, script, start: at.sandbox.world.snapshot() },
    addresses: addressesIn(input),
    ...(name === 'delete' ? { originals: await untouched(recording) } : {}),
  };
}

/** The user's own first step. Pods of before must be gone: they would be ready for a canary that is not. */
async function release(at: Stage, { steps }: WorldFile): Promise<void> {
  const { sandbox, namespace } = at;
  const [{ image, apply } = {}] = steps;
  if (image !== undefined) await sandbox.setImage(namespace, targetOf(at.canaries), image);
  if (apply) await sandbox.apply([{ ...apply, metadata: { ...apply.metadata, namespace } }]);
  await settle(at);
}

async function settle({ sandbox }: Stage): Promise<void> {
  await sandbox.clock.sleep(settled, new AbortController().signal);
}

/** The same world with what the user did to it, and without any canary. */
async function untouched({ from, input, script }: Recording): Promise<readonly Stored[]> {
  const at = await stage(from, input, script);
  await release(at, script);
  return storedIn(at.sandbox.world, from);
}

function addressesIn(input: string): Record<string, string> {
  const documents = yaml.loadAll(input) as (Obj & { spec?: { address?: string } })[];
  const providers = documents.filter(({ kind }) => kind === 'AlertProvider');
  return Object.fromEntries(providers.map(({ metadata, spec }) => [metadata.name, spec?.address ?? '']));
}

export function targetOf(canaries: readonly Canary[]): string {
  return canaries[0]?.targetRef.name ?? '';
}
