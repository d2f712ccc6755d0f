// The parts that every Kubernetes document has, as far as a Canary file holds them. Pure data.
import { anything, strings, text } from './fields.ts';
import { define, object } from './kernel.ts';
import type { Infer, Made, Options } from './kernel.ts';
import { isLabel, isName } from './names.ts';
import type { Json } from './types.ts';

/** What an API server adds to a document that was read from it: accepted in any shape, never used. */
function fromServer<O extends Options<Json>>(options: O): Made<Json, O> {
  return define<Json, O>({ type: 'anything' }, options, (value) => value);
}

const setByServer = 'Set by the API server; accepted and not used.';

export const metadataFields = {
  name: text({ required: true, check: isName, doc: 'The name of this object.' }),
  namespace: text({ check: isLabel, doc: 'Where it lives. Without it: -n, else the namespace of the context.' }),
  labels: strings({ doc: 'Labels of this object.' }),
  annotations: strings({ default: {}, doc: 'Annotations of this object.' }),
  creationTimestamp: fromServer({ doc: setByServer }),
  deletionGracePeriodSeconds: fromServer({ doc: setByServer }),
  deletionTimestamp: fromServer({ doc: setByServer }),
  finalizers: fromServer({ doc: setByServer }),
  generateName: fromServer({ doc: setByServer }),
  generation: fromServer({ doc: setByServer }),
  managedFields: fromServer({ doc: setByServer }),
  ownerReferences: fromServer({ doc: setByServer }),
  resourceVersion: fromServer({ doc: setByServer }),
  selfLink: fromServer({ doc: setByServer }),
  uid: fromServer({ doc: setByServer }),
};

/** The fields around `spec`. */
export const frame = {
  apiVersion: text({ required: true, doc: 'The API and its version.' }),
  kind: text({ required: true, doc: 'What this document is.' }),
  metadata: object(metadataFields, { required: true, doc: 'Name, namespace, labels and annotations.' }),
  status: anything({ doc: 'Written by a Flagger controller; accepted and not used.' }),
};

/** A reference by kind and name. */
export function reference(apiVersionDoc: string, kindDoc: string) {
  return {
    apiVersion: text({ required: true, doc: apiVersionDoc }),
    kind: text({ required: true, doc: kindDoc }),
    name: text({ required: true, check: isName, doc: 'Its name, in the namespace of the Canary.' }),
  };
}

/** A reference to a template or provider that may live in another namespace. */
export function namedRef(what: string) {
  return {
    name: text({ required: true, check: isName, doc: `The name of the ${what}.` }),
    namespace: text({ check: isLabel, doc: 'Its namespace; the one of the Canary when left out.' }),
  };
}

export type Metadata = Infer<typeof metadataFields>;
