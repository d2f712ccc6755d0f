// An arena with the files of a walk-through in it, prepared as its README says, and a terminal in which its commands are typed as they stand there.
import { preparationsOf } from '../../examples/readme.ts';
import { openArena, type Arena } from '../arena.ts';
import type { Cluster } from '../cluster.ts';
import type { Mark } from '../releases/requests.ts';
import { copyExample, namespaceIn } from './copy.ts';
import { whyLeftOut } from './rules.ts';
import { openRealTerminal, type RealTerminal } from './terminal.ts';

/** The namespace it is played in, and the one that its README knows. */
export interface Where {
  readonly namespace: string;
  readonly name: string;
}

export interface Stage {
  readonly arena: Arena;
  readonly where: Where;
  /** When which phase began that no event line tells of. */
  readonly marks: Mark[];
  /** A line of the README. */
  type(line: string, isEnough?: (line: string) => boolean): Promise<string[]>;
}

/** `rates`: the success rates that Prometheus tells, one a check; the last one stays. */
export async function setStage(cluster: Cluster, example: string, about: { namespace: string; rates: readonly number[] }): Promise<Stage> {
  const gate = openGate();
  // Of a mesh, or of what pods report themselves.
  const queries: [string, number | number[]][] = [
    ['istio_requests_total|http_request_duration_seconds_count', [...about.rates]],
    ['istio_request_duration', 20],
    ['http_request_duration_seconds_bucket', 0.02],
  ];
  const arena = await openArena(cluster, { namespace: about.namespace, script: { queries }, before: () => gate.pass() });
  copyExample(arena, example);
  const terminal = openRealTerminal(arena, (isHeld) => gate.hold(isHeld));
  const where = { namespace: about.namespace, name: namespaceIn(example) };
  const marks: Mark[] = [];
  const stage: Stage = { arena, where, marks, type: (line, isEnough = () => true) => type({ arena, terminal, where, marks }, line, isEnough) };
  for (const line of preparationsOf(example).filter((each) => !whyLeftOut(each, 'preparation'))) {
    const said = await stage.type(line);
    if (terminal.exit() !== 0) throw new Error(`${line}: ${said.join('\n')}`);
  }
  await arena.grant(`examples/${example}`);
  return stage;
}

interface Desk {
  readonly arena: Arena;
  readonly terminal: RealTerminal;
  readonly where: Where;
  readonly marks: Mark[];
}

async function type({ arena, terminal, where, marks }: Desk, line: string, isEnough: (line: string) => boolean): Promise<string[]> {
  const phase = phaseOf(line, marks);
  if (phase) marks.push({ name: phase, at: Date.now() });
  const said = await terminal.type(inNamespace(line, where), isEnough);
  if (said.some((each) => each.startsWith('result=unchanged '))) marks.push({ name: 'idle', at: marks.pop()?.at ?? 0 });
  if (/^kubectl .*\b(?:apply|set)\b/.test(line)) await settle(arena);
  return said;
}

/** Which phase a command begins in the count of requests. */
function phaseOf(line: string, marks: readonly Mark[]): string | undefined {
  const [program, verb] = line.split(' ');
  if (program === 'wait') return 'analysis';
  if (program !== 'canary' || line.includes(' -A')) return undefined;
  if (verb !== 'run') return verb;
  return marks.some(({ name }) => name === 'bootstrap') ? 'start' : 'bootstrap';
}

function inNamespace(line: string, { namespace, name }: Where): string {
  return line
    .replace(new RegExp(`(?<= (?:-n|label namespace) )${name}\\b`), namespace)
    .replace('https://hooks.slack.com/services/…', 'http://hooks.slack.com/hook/walk/slack');
}

interface Scaled {
  readonly metadata: { readonly generation: number };
  readonly spec: { readonly replicas: number };
  readonly status: { readonly observedGeneration?: number; readonly readyReplicas?: number };
}

/** Before the next command the pods that were asked for are ready, as after the moment that a person takes. */
async function settle({ person, namespace }: Arena): Promise<void> {
  for (let looks = 0; looks < 100; looks++) {
    const { json } = await person({ path: `/apis/apps/v1/namespaces/${namespace}/deployments` });
    const all = (json['items'] ?? []) as unknown as Scaled[];
    const areReady = all.every(({ metadata, spec, status }) => {
      return status.observedGeneration === metadata.generation && (status.readyReplicas ?? 0) === spec.replicas;
    });
    if (areReady) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the pods of ${namespace} do not become ready`);
}

interface Gate {
  hold(isHeld: boolean): void;
  pass(): Promise<void>;
}

function openGate(): Gate {
  let opened = Promise.resolve();
  let open = (): void => undefined;
  return {
    hold(isHeld) {
      open();
      if (isHeld) opened = new Promise((resolve) => (open = resolve));
    },
    pass: () => opened,
  };
}
