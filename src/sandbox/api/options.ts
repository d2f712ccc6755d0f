// The options that a request carries in its query, looked at before anything else of it. It must not look at objects.
import { shapeOf } from './representation.ts';
import type { Call, Verb } from './route.ts';
import { invalid } from './status.ts';
import { unsupported } from './validate/causes.ts';

const WRITES: Partial<Record<Verb, string>> = { create: 'CreateOptions', update: 'UpdateOptions', patch: 'PatchOptions' };
const VALIDATIONS = ['', 'Ignore', 'Strict', 'Warn'];

export function checkOptions(call: Call, verb: Verb): void {
  shapeOf(call);
  const kind = WRITES[verb];
  const validation = call.request.query.get('fieldValidation') ?? '';
  if (kind === undefined || VALIDATIONS.includes(validation)) return;
  throw invalid({ group: 'meta.k8s.io', kind }, '', [unsupported('fieldValidation', validation, VALIDATIONS)]);
}
