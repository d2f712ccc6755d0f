// `canary sandbox`: which of its verbs is meant, and that only its flags are there. The work is in ../sandbox-start.ts and ../sandbox-fault.ts.
import { UsageError } from '../../errors.ts';
import type { Call } from '../command.ts';
import { clearFaults, setFault } from '../sandbox-fault.ts';
import { startSandbox } from '../sandbox-start.ts';

const usage = 'canary sandbox --help';

interface Verb {
  readonly flags: readonly string[];
  run(call: Call): Promise<number>;
}

const cluster = ['namespace', 'kubeconfig', 'context'];
const verbs: Readonly<Record<string, Verb>> = {
  start: { flags: ['namespace', 'kubeconfig', 'speed', 'port', 'provider', 'metricsUrl'], run: startSandbox },
  fault: { flags: [...cluster, 'errors', 'latency', 'notReady', 'crash'], run: setFault },
  clear: { flags: cluster, run: clearFaults },
};
/** Every command has these. */
const common = ['color', 'debug'];

export async function execute(call: Call): Promise<number> {
  const [name = '', ...args] = call.args;
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (!verb) throw new UsageError(`sandbox: expected ${Object.keys(verbs).join(', ')}, got "${name}"`, usage);
  const foreign = Object.entries(call.flags).find(([flag, value]) => value !== undefined && ![...common, ...verb.flags].includes(flag));
  if (foreign) throw new UsageError(`sandbox ${name}: --${dashed(foreign[0])} does not go with it`, usage);
  return verb.run({ ...call, args });
}

/** notReady -> not-ready: as it was typed. */
function dashed(flag: string): string {
  return flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
