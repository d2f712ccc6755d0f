// The whole life of a recorded release on the sandbox, every request of it read as the right that the API server asks for, and the Role that
// `canary rbac` prints for the same files.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import yaml from 'js-yaml';
import { main } from '../../src/cli/main.ts';
import type { Obj } from '../../src/contracts.ts';
import type { Right } from '../../src/kube/rules.ts';
import type { Send, Wire, World } from '../../src/ports.ts';
import { heal } from '../../src/runner/heal.ts';
import type { Allowance } from '../../src/sandbox/index.ts';
import { fakeIo, fakeParts } from '../cli/fake-io.ts';
import { killAt } from '../faults/kill.ts';
import type { Script } from '../support/script.ts';
import { stage, type Ran, type RunOptions, type Stage } from '../support/stage.ts';

const recordings = join(import.meta.dirname, '../parity/recordings');

interface Step {
  image?: string;
  atWeight?: number;
  apply?: Obj;
}

interface WorldFile extends Script {
  steps: Step[];
}

/** Undefined: discovery, or a question about one's own rights, which need no rule. */
export function rightFor({ method, url }: Pick<Wire, 'method' | 'url'>): Right | undefined {
  const { pathname, searchParams } = new URL(url, 'http://server');
  const [, root, ...parts] = pathname.split('/').map(decodeURIComponent);
  const group = root === 'api' ? '' : (parts.shift() ?? '');
  parts.shift();
  if (!parts.length || group === 'authorization.k8s.io') return undefined;
  const namespace = parts[0] === 'namespaces' && parts.length > 2 ? (parts.splice(0, 2)[1] ?? '') : '';
  const [plural = '', named = '', subresource] = parts;
  const name = named || (/^metadata\.name=(.+)$/.exec(searchParams.get('fieldSelector') ?? '')?.[1] ?? '');
  const reading = searchParams.has('watch') ? 'watch' : named ? 'get' : 'list';
  const verb = { GET: reading, POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }[method];
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  return { namespace, group, resource, verb, ...(name && verb !== 'create' ? { name } : {}) };
}

const others = JSON.stringify({ metadata: { annotations: { 'example.com/touched': 'yes' } } });

export interface Recorder {
  readonly rights: Map<string, Right>;
  readonly refused: string[];
  wrap(send: Send): Send;
}

export function recorder(contested: readonly string[] = []): Recorder {
  const left = new Set(contested);
  const rights = new Map<string, Right>();
  const refused: string[] = [];
  return {
    rights,
    refused,
    wrap: (send) => async (wire, signal) => {
      const right = rightFor(wire);
      if (right) rights.set(JSON.stringify(right), right);
      if (wire.method === 'PATCH' && right && left.delete(right.resource)) await send({ ...wire, body: others }, signal);
      const reply = await send(wire, signal);
      if (reply.status === 403) refused.push(`${wire.method} ${wire.url}`);
      return reply;
    },
  };
}

/** What `canary rbac` prints for these files, as the sandbox enforces it. */
export async function printedRules(input: string, namespace: string): Promise<Allowance[]> {
  const io = fakeIo({ stdin: input });
  const exit = await main(['rbac', '-', '-n', namespace], io, fakeParts());
  if (exit !== 0) throw new Error(io.err());
  const documents = yaml.loadAll(io.out()) as { kind: string; metadata: { namespace: string }; rules?: Omit<Allowance, 'namespace'>[] }[];
  return documents.flatMap(({ metadata, rules = [] }) => rules.map((rule) => ({ ...rule, namespace: metadata.namespace })));
}

/** Resource by resource and verb by verb: what a Role is counted in. */
export function grantsIn(rules: readonly Allowance[]): Allowance[] {
  return rules.flatMap(({ apiGroups, resources, verbs, ...rest }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => ({ ...rest, apiGroups: [group], resources: [resource], verbs: [verb] }))),
    ),
  );
}

export function grantText({ apiGroups, resources, verbs }: Allowance): string {
  return `${apiGroups[0] ? `${resources[0]}.${apiGroups[0]}` : resources[0]} ${verbs[0]}`;
}

export interface Life {
  readonly ends: readonly string[];
  readonly refused: readonly string[];
  readonly rights: readonly Right[];
  readonly rules: readonly Allowance[];
}

export interface LifeOptions {
  /** Adds to the recording's files. */
  readonly more?: (input: string) => string;
  /** The sandbox allows only what `canary rbac` prints for them. */
  readonly enforce?: boolean;
  /** Once each, somebody else changes these between our look and our write. */
  readonly contested?: readonly string[];
}

export function inputOf(name: string): string {
  return readFileSync(join(recordings, name, 'input.yaml'), 'utf8');
}

export async function staging(name: string, input = inputOf(name)): Promise<{ at: Stage; script: WorldFile }> {
  const script = yaml.load(readFileSync(join(recordings, name, 'world.yaml'), 'utf8')) as WorldFile;
  return { at: await stage(name, input, script), script };
}

/** Bootstrap; a release whose driver is killed and that heal parks; its end; looks at it; and everything given back. */
export async function live(name: string, { more = (input) => input, enforce = false, contested = [] }: LifeOptions = {}): Promise<Life> {
  const input = more(inputOf(name));
  const { at, script } = await staging(name, input);
  const rules = await printedRules(input, name);
  if (enforce) at.sandbox.world.allowed.push(...rules);
  const record = recorder(contested);
  const options: RunOptions = { api: record.wrap };
  const ends = [endOf(await at.run(options))];
  await asAdministrator(at, () => push(at, script.steps));
  ends.push(await killedAndHealed(at, record));
  ends.push(endOf(await at.run(options)));
  ends.push(...(await looks(at, record)));
  ends.push(endOf(await at.remove(options)));
  return { ends, refused: record.refused, rights: [...record.rights.values()], rules };
}

/** What the user does is none of our rights' business. */
async function asAdministrator(at: Stage, work: () => Promise<void>): Promise<void> {
  const rules = at.sandbox.world.allowed.splice(0);
  await work();
  at.sandbox.world.allowed.push(...rules);
}

export function endOf({ outcomes }: Ran): string {
  return outcomes.map(({ result, exitCode }) => `${result.is} ${exitCode}`).join();
}

export async function push(at: Stage, [{ image, apply } = {}]: readonly Step[]): Promise<void> {
  const target = at.canaries[0]?.targetRef.name ?? '';
  if (image === 'podinfo:onlycanary') at.sandbox.world.faults.set(`${image}@${target}-primary`, { notReady: true });
  if (image !== undefined) await at.sandbox.setImage(at.namespace, target, image);
  if (apply) await at.sandbox.apply([{ ...apply, metadata: { ...apply.metadata, namespace: at.namespace } }]);
}

/** Killed once the canary has pods, so that there is something to heal. */
async function killedAndHealed(at: Stage, record: Recorder): Promise<string> {
  const { clock } = at.sandbox;
  const killer = killAt(Infinity, 'before');
  const running = at.run({
    seed: 'killed',
    api: (send) => killer.wrap(record.wrap(send)),
    http: killer.wrap,
    clock: killer.clock,
    onLine: ({ text }) => void (/^(Starting canary|Advance|Copying)/.test(text) && killer.kill()),
  });
  await Promise.race([running, new Promise<void>((resolve) => killer.onDeath(resolve))]);
  await clock.sleep(5_000, new AbortController().signal);
  let count = 0;
  const healed = await heal({
    world: worldOf(at, record),
    name: at.canaries[0]?.name ?? '',
    namespace: at.namespace,
    host: 'heal@test',
    reporter: { event: () => undefined, note: () => undefined, result: () => undefined },
    random: () => `heal-${++count}`,
  });
  return healed.map(({ is }) => is).join();
}

function worldOf(at: Stage, record: Recorder): World {
  const world = at.sandbox.asWorld();
  return { ...world, api: record.wrap(world.api), about: { ...world.about, namespace: at.namespace } };
}

async function looks(at: Stage, record: Recorder): Promise<string[]> {
  const parts = fakeParts({ cluster: () => Promise.resolve({ ...worldOf(at, record), close: async () => undefined }) });
  const name = at.canaries[0]?.name ?? '';
  const exits: string[] = [];
  for (const words of [
    ['status', '-o', 'wide'],
    ['describe', name],
  ])
    exits.push(String(await main([...words, '-n', at.namespace], fakeIo(), parts)));
  return exits;
}
