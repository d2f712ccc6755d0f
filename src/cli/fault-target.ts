// What TARGET of `canary sandbox fault` means among the workloads that are there. Asks nobody.
import { PreflightError, UsageError } from '../errors.ts';

export interface Workload {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly images: readonly string[];
}

export interface Place {
  readonly workloads: readonly Workload[];
  readonly namespace: string;
  /** The namespace was said, not taken from the context. */
  readonly isSure: boolean;
}

export interface Target {
  /** How the sandbox knows it: the name of a workload, or an image. */
  readonly key: string;
  readonly shown: string;
  readonly notes: readonly string[];
}

const kinds: Readonly<Record<string, string>> = {
  deployment: 'deployment',
  deployments: 'deployment',
  deploy: 'deployment',
  'deployment.apps': 'deployment',
  daemonset: 'daemonset',
  daemonsets: 'daemonset',
  ds: 'daemonset',
  'daemonset.apps': 'daemonset',
};

/** `which` 'any': it need not be there any more. */
export function resolveTarget(text: string, place: Place, which: 'there' | 'any' = 'there'): Target {
  const [prefix = '', name, ...more] = text.split('/');
  const kind = name === undefined ? undefined : kinds[prefix.toLowerCase()];
  if (kind !== undefined && (!name || more.length || name.includes(':')))
    throw new UsageError(`${text}: expected ${kind}/NAME, or an image such as podinfo:3.1.1`);
  const isWorkload = kind !== undefined || !/[:/@]/.test(text);
  if (!isWorkload) return imageTarget(text, place);
  return workloadTarget({ name: name ?? text, ...(kind === undefined ? {} : { kind }) }, place, which);
}

/** 'podinfo:3.1.1' is also 'stefanprodan/podinfo:3.1.1', where that is what runs. */
function imageTarget(image: string, { workloads }: Place): Target {
  const all = [...new Set(workloads.flatMap(({ images }) => images))];
  const same = all.find((each) => each === image || each.endsWith(`/${image}`));
  const key = same ?? nextTo(image, all);
  const notes = same === undefined ? [`no workload runs ${key} yet; it will fail when one does`] : [];
  return { key, shown: `image ${key}`, notes };
}

/** A tag that is still to come has the repository of those that run. */
function nextTo(image: string, all: readonly string[]): string {
  const [repository, rest] = parts(image);
  const whole = all.map((each) => parts(each)[0]).find((each) => each.endsWith(`/${repository}`));
  return whole === undefined ? image : `${whole}${rest}`;
}

/** 'host:5000/app:1.2@sha256:ab' -> 'host:5000/app', ':1.2@sha256:ab' */
function parts(image: string): [repository: string, rest: string] {
  const at = /[:@][^/]*$/.exec(image)?.index ?? image.length;
  return [image.slice(0, at), image.slice(at)];
}

function workloadTarget(wanted: { name: string; kind?: string }, place: Place, which: 'there' | 'any'): Target {
  const named = place.workloads.filter(({ name, kind }) => name === wanted.name && (wanted.kind ?? kind) === kind);
  const here = named.find(({ namespace }) => namespace === place.namespace);
  const found = here ?? (place.isSure ? undefined : named[0]);
  if (!found && which === 'any') return { key: wanted.name, shown: wanted.name, notes: [] };
  if (!found) {
    const there = place.workloads.map(({ kind, name, namespace }) => `${namespace}: ${kind}/${name}`).join(', ') || 'none';
    const where = place.isSure ? ` in namespace ${place.namespace}` : '';
    throw new PreflightError(`no workload ${wanted.name}${where} in the sandbox`, `what is there: ${there}`);
  }
  const others = named.filter((each) => each !== found).map(({ namespace }) => namespace);
  const notes = others.length ? [`a sandbox tells workloads apart by name: it also holds for ${found.name} in ${others.join(', ')}`] : [];
  return { key: found.name, shown: `${found.kind}/${found.name} in ${found.namespace}`, notes };
}
