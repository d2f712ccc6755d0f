// What a request says of itself, looked at before anything else of it: the form of its body and of its answer, the options in its query. It must
// not look at objects.
import { checkBodyType } from './body.ts';
import { patchTypeOf } from './patch/index.ts';
import { shapeOf } from './representation.ts';
import type { Call, Verb } from './route.ts';
import { invalid } from './status.ts';
import { unsupported } from './validate/causes.ts';

const WRITES: Partial<Record<Verb, string>> = { create: 'CreateOptions', update: 'UpdateOptions', patch: 'PatchOptions' };
const VALIDATIONS = ['', 'Ignore', 'Strict', 'Warn'];

export function checkOptions(call: Call, verb: Verb): void {
  if (verb === 'patch') patchTypeOf(call);
  shapeOf(call);
  if (verb === 'create') checkBodyType(call.request);
  const kind = WRITES[verb];
  const validation = call.request.query.get('fieldValidation') ?? '';
  if (kind === undefined || VALIDATIONS.includes(validation)) return;
  throw invalid({ group: 'meta.k8s.io', kind }, '', [unsupported('fieldValidation', validation, VALIDATIONS)]);
}
