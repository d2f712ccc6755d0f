// A whole release on the sandbox in virtual time: the real runner, kube and core; the embedded cluster; a scripted Prometheus and webhooks.
import yaml from 'js-yaml';
import type { Canary, Obj } from '../../src/contracts.ts';
import type { Intent, Options } from '../../src/core/types.ts';
import type { Clock, Send, World } from '../../src/ports.ts';
import { remove } from '../../src/runner/remove.ts';
import { run } from '../../src/runner/run.ts';
import type { Line, Outcome } from '../../src/runner/types.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { libraryOf, type Library } from '../../src/spec/library.ts';
import { loadCanaries } from '../../src/spec/load.ts';
import { scripted, type Script, type ScriptedWorld } from './script.ts';

export interface Stage {
  namespace: string;
  sandbox: Sandbox;
  script: ScriptedWorld;
  canaries: Canary[];
  library: Library;
  /** One run of the command. */
  run(options?: RunOptions): Promise<Ran>;
  /** `canary delete`. */
  remove(options?: RunOptions): Promise<Ran>;
}

export interface RunOptions extends Partial<Options> {
  takeover?: boolean;
  queue?: boolean;
  wait?: number;
  watch?: boolean;
  timeout?: number;
  /** Wrappers around the ways out: recorders, faults, kills. */
  api?: (send: Send) => Send;
  http?: (send: Send) => Send;
  clock?: (clock: Clock) => Clock;
  /** Names of everything random in this run. */
  seed?: string;
  signals?: Signals;
  onLine?: (line: Line) => void;
}

export interface Ran {
  outcomes: Outcome[];
  /** Event lines as they were said: 'Normal Advance …'. */
  lines: string[];
  notes: string[];
}

export interface Signals {
  send(by: string): void;
  intents: { list(): readonly Intent[]; onChange(listener: () => void): void };
}

export function signals(): Signals {
  const list: Intent[] = [];
  const listeners: (() => void)[] = [];
  return {
    send(by) {
      list.push({ id: `${by}-${list.length}`, verb: 'stop', by });
      listeners.forEach((listener) => listener());
    },
    intents: { list: () => list, onChange: (listener) => void listeners.push(listener) },
  };
}

/** Everything in `input` but the Canary stands in the cluster before. */
export async function stage(namespace: string, input: string, script: Script): Promise<Stage> {
  const documents = yaml.loadAll(input) as Obj[];
  const objects = documents
    .filter(({ apiVersion }) => !apiVersion.startsWith('flagger.app/'))
    .map((object) => ({ ...object, metadata: { ...object.metadata, namespace } }));
  const spec = documents.filter(({ apiVersion }) => apiVersion.startsWith('flagger.app/')).map((document) => yaml.dump(document));
  const { canaries, others } = loadCanaries([{ name: 'canary.yaml', text: spec.join('---\n') }], { defaultNamespace: namespace });
  const sandbox = createSandbox({ clock: 'virtual' });
  await sandbox.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, ...objects]);
  return staged({ namespace, sandbox, script: scripted(script), canaries, library: libraryOf(others, namespace) });
}

/** The same stage, as a new process finds it. `engine`: another runner than the real one. */
export function staged(parts: Omit<Stage, 'run' | 'remove'>, engine: typeof run = run): Stage {
  let runs = 0;
  const prepare = (options: RunOptions) => {
    const lines: string[] = [];
    const notes: string[] = [];
    const seed = options.seed ?? `run${++runs}`;
    let count = 0;
    const base = parts.sandbox.asWorld();
    const world: World = {
      ...base,
      api: options.api?.(base.api) ?? base.api,
      clock: options.clock?.(base.clock) ?? base.clock,
      http: options.http?.(parts.script.send) ?? parts.script.send,
    };
    const reporter = {
      event: (line: Line) => {
        lines.push(`${line.type} ${line.text}`);
        options.onLine?.(line);
      },
      note: (text: string) => void notes.push(text),
      result: () => undefined,
    };
    const common = {
      world,
      host: `${seed}@test`,
      watch: options.watch ?? true,
      intents: (options.signals ?? signals()).intents,
      random: () => `${seed}-${(++count).toString(16)}`,
      reporter,
    };
    return { common, lines, notes };
  };
  return {
    ...parts,
    async run(options = {}) {
      const { common, lines, notes } = prepare(options);
      const outcomes = await engine({
        ...common,
        canaries: parts.canaries,
        library: parts.library,
        options: { noRetry: false, drain: 10_000, onInterrupt: 'park', ...options },
        takeover: options.takeover ?? false,
        ...(options.queue === undefined ? {} : { queue: options.queue }),
        ...(options.wait === undefined ? {} : { wait: options.wait }),
        timeout: options.timeout ?? 6 * 3_600_000,
      });
      return { outcomes, lines, notes };
    },
    async remove(options = {}) {
      const { common, lines, notes } = prepare(options);
      const { name = '', namespace = parts.namespace } = parts.canaries[0] ?? {};
      const outcome = await remove({ ...common, name, namespace, drain: options.drain ?? 10_000 });
      return { outcomes: outcome ? [outcome] : [], lines, notes };
    },
  };
}
