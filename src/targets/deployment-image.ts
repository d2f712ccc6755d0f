// What --image makes of a Deployment: a patch of its containers, or why there is none. Must not touch any other container.
import { listAt, textAt } from '../common/dig.ts';
import { isObject } from '../common/json.ts';
import { problemOf } from '../common/look.ts';
import type { Change, Ctx, Json, Problem } from '../contracts.ts';
import { deploymentOf, sideRef } from './deployment-objects.ts';

export function imageChange(c: Ctx, container: string | undefined, image: string): Change[] | Problem {
  const ref = sideRef(c.canary, 'canary');
  const containers = listAt(deploymentOf(c, 'canary'), 'spec', 'template', 'spec', 'containers');
  const names = containers.map((entry) => textAt(entry, 'name') ?? '');
  const chosen = container ?? (names.length === 1 ? names[0] : undefined);
  if (chosen === undefined || !names.includes(chosen)) return problemOf(ref, refusal(container, names));
  const changed = containers.map((entry) => (textAt(entry, 'name') === chosen ? withImage(entry, image) : entry));
  if (containers.every((entry) => textAt(entry, 'name') !== chosen || textAt(entry, 'image') === image)) return [];
  // A merge patch replaces a list whole; the resourceVersion it is sent with keeps the other containers safe.
  const patch = { spec: { template: { spec: { containers: changed } } } };
  return [{ op: 'merge', ref, patch, why: `${ref.name} gets image ${image} in container ${chosen}` }];
}

function withImage(container: Json, image: string): Json {
  return isObject(container) ? { ...container, image } : container;
}

function refusal(container: string | undefined, names: readonly string[]): string {
  const known = `containers: ${names.join(', ') || 'none'}`;
  if (container === undefined) return `--image must name the container (--image <container>=<image>); ${known}`;
  const near = nearest(container, names);
  return `has no container "${container}"${near === undefined ? '' : `; did you mean "${near}"?`} (${known})`;
}

/** At most every third letter may be wrong, and at least one. */
function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((name) => ({ name, edits: distance(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= Math.max(1, Math.floor(Math.max(word.length, name.length) / 3)))
    .sort((a, b) => a.edits - b.edits);
  return best?.name;
}

/** Letters to put in, take out or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
