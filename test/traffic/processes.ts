// What a container of the ring is as a process: podinfo, with faults by the end of its image's tag, or Prometheus. It starts nothing by itself.
import type { JsonObject, Obj } from '../../src/contracts.ts';
import { containersOf } from '../cluster/pods.ts';
import { textAt } from '../../src/common/dig.ts';

export interface Places {
  readonly podinfo: string;
  /** Of Prometheus: its configuration, and where it keeps its data, which outlives its pods. */
  readonly prometheusConfig: string;
  readonly prometheusData: string;
}

export interface Process {
  readonly program: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  /** Answers 200 once requests may come. */
  readonly probe: string;
}

/** Of podinfo: …-err answers a third of the requests with an error, …-slow takes its time, …-never is never ready. */
const faults: readonly (readonly [suffix: string, flags: readonly string[]])[] = [
  ['-err', ['--random-error']],
  ['-slow', ['--random-delay', '--random-delay-unit', 'ms', '--random-delay-min', '600', '--random-delay-max', '1500']],
  ['-never', ['--unready']],
];

/** Undefined: an image that nobody here can run. */
export function processOf(pod: Obj, address: string, places: Places): Process | undefined {
  const [container = {}] = containersOf(pod);
  const [image = '', tag = ''] = String(container['image']).split(':');
  const port = portOf(container);
  if (image.endsWith('prometheus')) {
    const argv = [`--config.file=${places.prometheusConfig}`, `--storage.tsdb.path=${places.prometheusData}`];
    const rest = [`--web.listen-address=${address}:${port}`, '--log.level=warn'];
    return { program: 'prometheus', argv: [...argv, ...rest], env: {}, port, probe: '/-/ready' };
  }
  if (!image.endsWith('podinfo')) return undefined;
  const broken = faults.flatMap(([suffix, flags]) => (tag.endsWith(suffix) ? flags : []));
  const shown = ['--ui-message', tag, '--level', 'error'];
  const argv = ['--host', address, '--port', String(port), ...shown, ...broken];
  return { ...named(pod, places.podinfo, argv), env: environmentOf(container), port, probe: '/readyz' };
}

/** podinfo tells the name of the machine that it runs on; a pod has one of its own. */
function named(pod: Obj, program: string, argv: readonly string[]): Pick<Process, 'program' | 'argv'> {
  return { program: 'unshare', argv: ['--uts', 'sh', '-c', 'hostname "$0" && exec "$@"', pod.metadata.name, program, ...argv] };
}

function portOf(container: JsonObject): number {
  const [first] = Array.isArray(container['ports']) ? (container['ports'] as JsonObject[]) : [];
  return Number(first?.['containerPort'] ?? 9898);
}

function environmentOf(container: JsonObject): Record<string, string> {
  const given = Array.isArray(container['env']) ? (container['env'] as JsonObject[]) : [];
  return Object.fromEntries(given.map((entry) => [String(entry['name']), textAt(entry, 'value') ?? '']));
}
