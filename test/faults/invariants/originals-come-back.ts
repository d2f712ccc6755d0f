// I8: after a delete every object that the user had is as it was, but for what the API server and its controllers set themselves.
import { at, fields, textOf } from '../facts.ts';
import type { Invariant } from '../setup.ts';

export const originalsComeBack: Invariant = ({ log, setup }) => {
  const { originals, left } = setup;
  const last = log.entries.at(-1);
  if (!originals || !left || !last) return [];
  const standing = new Map(left.map(({ object, stored }) => [object, stored]));
  return originals.flatMap(({ object, stored }) =>
    differences(stored, standing.get(object)).map((why) => ({ invariant: 'I8' as const, seq: last.seq, why: `${object}: ${why}` })),
  );
};

function differences(original: unknown, now: unknown): string[] {
  if (now === undefined) return ['it is gone'];
  const [was, is] = [own(original), own(now)];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((part) => textOf(was[part]) !== textOf(is[part]))
    .map((part) => `${part} was ${textOf(was[part])} and is ${textOf(is[part])}`);
}

/** What people write of an object: labels, annotations, and everything beside metadata and status. */
function own(object: unknown): Readonly<Record<string, unknown>> {
  const { metadata, status: _status, ...rest } = fields(object);
  const annotations = Object.entries(fields(at(metadata, 'annotations'))).filter(([key]) => !key.startsWith('deployment.kubernetes.io/'));
  const labels = fields(at(metadata, 'labels'));
  return { ...rest, labels, annotations: Object.fromEntries(annotations), owners: at(metadata, 'ownerReferences') };
}
