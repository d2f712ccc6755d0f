// A release in trouble: its driver is killed at the first step, the next one takes over, somebody else writes to each object right before it does, and a
// newer revision comes in between. What a Role grants for bad days is needed here. It compares nothing.
import { worldOf } from '../../parity/recording.ts';
import { openArena, type Arena, type Ended, type Running } from '../arena.ts';
import type { Cluster } from '../cluster.ts';
import { tap, type Fate, type Tapped, type Wiretap } from '../wiretap.ts';
import { drain, setUp, type SetUp } from './play.ts';
import type { RoleRule } from './rules.ts';

export interface Troubled {
  readonly name: string;
  readonly namespace: string;
  readonly provider: string;
  readonly bootstrap: Ended;
  /** null: as it should, it was killed. */
  readonly killed: number | null;
  readonly takeover: Ended;
  /** How many writes met an object that somebody had just changed. */
  readonly overtaken: number;
  readonly rules: readonly RoleRule[];
}

/** `name`: the recording whose objects and spec are released, at a pace that leaves time for a heartbeat. */
export async function trouble(cluster: Cluster, name: string): Promise<Troubled> {
  const namespace = `troubled-${name}`;
  const arena = await openArena(cluster, { namespace, script: worldOf(name) });
  const overtaken = new Set<string>();
  let wiretap: Wiretap | undefined;
  try {
    const at = await setUp(arena, { name, interval: name === 'seed0-promote' ? '2s' : '4s' });
    const bootstrap = await arena.start(run(at)).ended;
    await arena.setImage(at.target, 'podinfo:3.1.1');
    const killed = await killedAtFirstStep(arena, at);
    wiretap = await tap(cluster, 'second', { before: (request) => overtake(arena, overtaken, request) });
    const takeover = await takenOver({ arena, at, server: wiretap.url });
    return { ...{ name, namespace, provider: at.provider, rules: at.rules }, bootstrap, killed, takeover, overtaken: overtaken.size };
  } finally {
    await wiretap?.close();
    await arena.close();
  }
}

const step = /canary (weight|iteration) /;

function run({ file, namespace }: SetUp): string[] {
  return ['run', file, '-n', namespace, ...drain];
}

async function killedAtFirstStep(arena: Arena, at: SetUp): Promise<number | null> {
  const running: { now?: Running } = {};
  running.now = arena.start(run(at), { onOut: (text) => void (step.test(text) && running.now?.child.kill('SIGKILL')) });
  return (await running.now.ended).code;
}

/** At its first step a newer revision comes, so that its lines are said twice. */
async function takenOver({ arena, at, server }: { arena: Arena; at: SetUp; server: string }): Promise<Ended> {
  const pushed: Promise<void>[] = [];
  const onOut = (text: string): void => {
    if (pushed.length === 0 && step.test(text)) pushed.push(arena.setImage(at.target, 'podinfo:3.1.2'));
  };
  const ended = await arena.start([...run(at), '--takeover'], { server, onOut }).ended;
  await Promise.all(pushed);
  return ended;
}

/** Not of the driver's own: a record that somebody else writes is taken for another driver's. */
const own = /\/(events|leases|configmaps)\//;

async function overtake(arena: Arena, overtaken: Set<string>, { method, path }: Tapped): Promise<Fate> {
  const [object = ''] = path.split('?');
  if (method !== 'PATCH' || own.test(object) || overtaken.has(object)) return 'pass';
  overtaken.add(object);
  const body = { metadata: { annotations: { 'example.com/looked-at': 'yes' } } };
  await arena.person({ method: 'PATCH', path: object, body, type: 'application/merge-patch+json' });
  return 'pass';
}
