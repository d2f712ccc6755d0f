// The flags that choose a cluster. Connects to nothing.
import { UsageError } from '../errors.ts';
import type { Reach } from '../ports.ts';
import { isOn, textFlag, type Flags } from './command.ts';

export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  /** Left out: by what the names of Services mean here. */
  readonly reach?: Reach;
}

export function clusterOptions(flags: Flags): ClusterOptions {
  const kubeconfig = textFlag(flags, 'kubeconfig');
  const context = textFlag(flags, 'context');
  const namespace = textFlag(flags, 'namespace');
  return {
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** For status and heal: one namespace, or all. */
export interface Scope {
  readonly name?: string;
  /** Undefined: all namespaces. */
  readonly namespace?: string;
}

export function scopeOf(flags: Flags, name: string | undefined, contextNamespace: string): Scope {
  const all = isOn(flags, 'allNamespaces');
  return { ...(name === undefined ? {} : { name }), ...(all ? {} : { namespace: textFlag(flags, 'namespace') ?? contextNamespace }) };
}

export function checkScope(flags: Flags, name: string | undefined): void {
  const all = isOn(flags, 'allNamespaces');
  if (all && textFlag(flags, 'namespace') !== undefined) throw new UsageError('-A and -n exclude each other');
  if (all && name !== undefined) throw new UsageError(`a NAME and -A exclude each other`, `say where: canary … ${name} -n <namespace>`);
}
