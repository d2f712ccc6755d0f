// What metadata may say, of a new object and of one that changes. It must not look at specs.
import type { Obj } from '../../../contracts.ts';
import { goStrings } from '../go-text.ts';
import { isTerminating } from '../../world/shapes.ts';
import type { KindRow } from '../../world/kinds.ts';
import type { Cause } from '../status.ts';
import { forbiddenField, immutable, invalidValue, required } from './causes.ts';
import { annotationKeys, labelValues, objectName, qualifiedName } from './names.ts';

function owners(object: Obj): Cause[] {
  return (object.metadata.ownerReferences ?? []).flatMap((owner) =>
    ['apiVersion', 'kind', 'name', 'uid'].flatMap((field) => {
      const words = field === 'apiVersion' ? 'version must not be empty' : 'must not be empty';
      return owner[field] ? [] : [invalidValue(`metadata.ownerReferences.${field}`, '', words)];
    }),
  );
}

function finalizersOf(object: Obj): string[] {
  const { finalizers } = object.metadata;
  return Array.isArray(finalizers) ? finalizers.map(String) : [];
}

const STANDARD = ['orphan', 'foregroundDeletion', 'kubernetes'];

// Kinds that are content with any finalizer.
const LENIENT = ['Lease', 'Event'];

function domains(row: KindRow, object: Obj): Cause[] {
  if (row.custom || LENIENT.includes(row.kind)) return [];
  const words = 'name is neither a standard finalizer name nor is it fully qualified';
  return finalizersOf(object).flatMap((name, at) =>
    name.includes('/') || STANDARD.includes(name) ? [] : [invalidValue(`metadata.finalizers[${at}]`, name, words)],
  );
}

function common(object: Obj): Cause[] {
  const { labels, annotations } = object.metadata;
  return [
    ...labelValues('metadata.labels', labels),
    ...annotationKeys(annotations),
    ...owners(object),
    ...finalizersOf(object).flatMap((name) => qualifiedName('metadata.finalizers', name)),
  ];
}

/** Events are looked at as loosely as anything: their names only must fit into a path. */
function nameCauses(row: KindRow, object: Obj): Cause[] {
  const { name, generateName } = object.metadata;
  if (!name) return [required('metadata.name', 'name or generateName is required')];
  const isLoose = row.kind === 'Event' && row.group === '';
  const made = typeof generateName === 'string' && generateName !== '' ? generateName : undefined;
  return isLoose ? [] : objectName(row.names, name, made);
}

export function newMetadata(row: KindRow, object: Obj): Cause[] {
  return [...nameCauses(row, object), ...common(object), ...domains(row, object)];
}

/** `sent`: as the client would have it, with what only the server sets. */
export function changedMetadata(row: KindRow, sent: Obj, before: Obj): Cause[] {
  const was = finalizersOf(before);
  const added = finalizersOf(sent).filter((name) => !was.includes(name));
  const words = `no new finalizers can be added if the object is being deleted, found new finalizers ${goStrings(added.sort())}`;
  const late = isTerminating(before) && added.length > 0 ? [forbiddenField('metadata.finalizers', words)] : [];
  const { uid, deletionTimestamp } = sent.metadata;
  const isEnding = deletionTimestamp !== undefined && !isTerminating(before);
  return [
    ...common(sent),
    ...late,
    ...(uid && uid !== before.metadata.uid ? [immutable('metadata.uid', uid)] : []),
    ...(isEnding ? [immutable('metadata.deletionTimestamp', deletionTimestamp)] : []),
    ...domains(row, sent),
  ];
}
