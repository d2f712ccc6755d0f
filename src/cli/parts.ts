// The heavy parts a command works with, as one value: loaded when first asked for, and replaced in tests. Decides nothing.
import type { Clock, World } from '../ports.ts';
import type { HealRequest, Healed, Outcome, RemoveRequest, RunRequest } from '../runner/types.ts';
import type { ClusterOptions, SandboxOptions, Sandbox } from './connect.ts';

export interface Parts {
  /** The cluster of the kubeconfig. `warn` hears what people should know about the connection. */
  cluster(options: ClusterOptions, warn: (line: string) => void): Promise<World>;
  /** A cluster inside this process. */
  sandbox(options: SandboxOptions): Promise<Sandbox>;
  run(request: RunRequest): Promise<Outcome[]>;
  heal(request: HealRequest): Promise<Healed[]>;
  remove(request: RemoveRequest): Promise<Outcome | undefined>;
  /** For repaints and polls of the command line itself. */
  clock(): Promise<Clock>;
}

export const realParts: Parts = {
  cluster: async (options, warn) => (await import('./connect.ts')).connectCluster(options, warn),
  sandbox: async (options) => (await import('./connect.ts')).openSandbox(options),
  run: async (request) => (await import('../runner/run.ts')).run(request),
  heal: async (request) => (await import('../runner/heal.ts')).heal(request),
  remove: async (request) => (await import('../runner/remove.ts')).remove(request),
  clock: async () => (await import('../runner/clock.ts')).realClock(),
};
