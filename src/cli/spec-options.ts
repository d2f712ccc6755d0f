// The flags that change how a file is read, in the words of the spec room. Reads nothing.
import { listFlag, textFlag, type Flags } from './command.ts';

export interface SpecOptions {
  readonly namespace?: string;
  readonly provider?: string;
  readonly metricsUrl?: string;
  readonly sets?: readonly string[];
  readonly defaultNamespace: string;
}

export function specOptions(flags: Flags, defaultNamespace: string): SpecOptions {
  const namespace = textFlag(flags, 'namespace');
  const provider = textFlag(flags, 'provider');
  const metricsUrl = textFlag(flags, 'metricsUrl');
  const sets = listFlag(flags, 'set');
  return {
    defaultNamespace,
    ...(namespace === undefined ? {} : { namespace }),
    ...(provider === undefined ? {} : { provider }),
    ...(metricsUrl === undefined ? {} : { metricsUrl }),
    ...(sets.length ? { sets } : {}),
  };
}
