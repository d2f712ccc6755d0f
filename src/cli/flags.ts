// Flags that several commands share, as data, and the reading of their values. Light: no import of the engine.
import { parseDuration } from '../common/duration.ts';
import { UsageError } from '../errors.ts';
import type { Reach } from '../ports.ts';
import { textFlag, type Flag, type Flags } from './command.ts';

export const clusterFlags: readonly Flag[] = [
  { flags: '--context <name>', text: 'the context of the kubeconfig' },
  { flags: '--kubeconfig <file>', text: 'the kubeconfig (else $KUBECONFIG, else ~/.kube/config, else the pod’s own account)' },
];
export const namespaceFlag: Flag = { flags: '-n, --namespace <name>', text: 'the namespace (else the file’s, else the context’s)' };
/** Of commands that read files only. */
export const fileNamespaceFlag: Flag = { flags: '-n, --namespace <name>', text: 'the namespace (else the file’s, else default)' };
export const allNamespacesFlag: Flag = { flags: '-A, --all-namespaces', text: 'all namespaces' };
export const providerFlags: readonly Flag[] = [
  { flags: '--provider <id>', text: 'the traffic router (else spec.provider, else istio)' },
  { flags: '--metrics-url <url>', text: 'the metrics server (else spec.metricsServer, else http://prometheus:9090)' },
];
export const setFlag: Flag = {
  flags: '--set <path=value>',
  text: 'put a value into every Canary before it is checked, such as spec.analysis.interval=30s; may be repeated',
  many: true,
};
export const ways: readonly Reach[] = ['auto', 'direct', 'proxy', 'port-forward'];
/** No default: whether it was given is of interest. */
export const reachFlag: Flag = {
  flags: '--reach <way>',
  text: 'how Services of the cluster are reached that files name for metrics and webhooks (auto)',
  choices: ways,
};
/** Every command has these. */
export const commonFlags: readonly Flag[] = [
  { flags: '--no-color', text: 'no colour (also: NO_COLOR=1)' },
  { flags: '--debug', text: 'show the stack of an error' },
];

/** '90s', '6h' -> milliseconds. */
export function durationFlag(flags: Flags, name: string): number {
  const text = textFlag(flags, name) ?? '';
  const value = parseDuration(text);
  if (value === undefined || value < 0) throw new UsageError(`--${name}: expected a duration such as 30s, 10m or 6h, got "${text}"`);
  return value;
}

export function reachOf(flags: Flags): Reach {
  const text = textFlag(flags, 'reach') ?? 'auto';
  const way = ways.find((each) => each === text);
  if (way === undefined) throw new UsageError(`--reach: expected ${ways.join(', ')}, got "${text}"`);
  return way;
}

/** A number from 1 to `most`; undefined when the flag is not given. */
export function speedFlag(flags: Flags, most: number): number | undefined {
  const text = textFlag(flags, 'speed');
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value < 1 || value > most)
    throw new UsageError(`--speed: expected a number from 1 to ${most}, got "${text}"`);
  return value;
}

/** [container=]reference. A reference has no '=' of its own. */
export function imageFlag(flags: Flags): { container?: string; reference: string } | undefined {
  const text = textFlag(flags, 'image');
  if (text === undefined) return undefined;
  const at = text.indexOf('=');
  const container = at < 0 ? undefined : text.slice(0, at);
  const reference = text.slice(at + 1);
  if (!reference || container === '' || /\s/.test(text))
    throw new UsageError(`--image: expected [container=]image, got "${text}"`, 'for example: --image podinfod=stefanprodan/podinfo:3.1.1');
  return container === undefined ? { reference } : { container, reference };
}
