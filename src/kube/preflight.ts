// Asks the API server, before anything is written, whether we may do what we will have to. It must never try a write to find out.
import { isObject } from '../common/json.ts';
import type { Obj, Touch } from '../contracts.ts';
import { ruleText } from './api-error.ts';
import type { Objects } from './objects.ts';

interface Attribute {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  readonly namespace: string;
}

/** Reviews at once: polite to the API server, quick enough for fifty questions. */
const width = 8;

/** The rules that are missing, one line each, verbs of one resource together; [] = all is allowed. */
export async function missingRules(
  objects: Objects,
  wanted: { touches: readonly Touch[]; namespace: string },
  signal: AbortSignal,
): Promise<string[]> {
  const { namespace } = wanted;
  // Administrators are the common case, and one question settles it for them.
  if (await isAllowed(objects, { group: '*', resource: '*', verb: '*', namespace }, signal)) return [];
  const questions = attributesOf(wanted.touches, namespace);
  const missing: Attribute[] = [];
  for (let from = 0; from < questions.length; from += width) {
    const some = questions.slice(from, from + width);
    const allowed = await Promise.all(some.map((attribute) => isAllowed(objects, attribute, signal)));
    missing.push(...some.filter((_, at) => !allowed[at]));
  }
  return rulesOf(missing);
}

function attributesOf(touches: readonly Touch[], namespace: string): Attribute[] {
  const all = touches.flatMap(({ group, resource, verbs }) => verbs.map((verb) => ({ group, resource, verb, namespace })));
  return [...new Map(all.map((attribute) => [Object.values(attribute).join(' '), attribute])).values()];
}

async function isAllowed(objects: Objects, attribute: Attribute, signal: AbortSignal): Promise<boolean> {
  const [resource = '', subresource] = attribute.resource.split('/');
  const review: Obj = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    // A review is asked, never stored: it has no name.
    metadata: { name: '' },
    spec: { resourceAttributes: { ...attribute, resource, ...(subresource ? { subresource } : {}) } },
  };
  const written = await objects.create(review, signal);
  if (written.is === 'refused') throw written.error;
  const status = written.is === 'done' ? written.object?.['status'] : undefined;
  return isObject(status) && status['allowed'] === true;
}

function rulesOf(missing: readonly Attribute[]): string[] {
  const verbs = new Map<string, Attribute[]>();
  for (const attribute of missing) {
    const key = `${attribute.group}/${attribute.resource}`;
    verbs.set(key, [...(verbs.get(key) ?? []), attribute]);
  }
  return [...verbs.values()].flatMap((same) =>
    same[0] ? [ruleText({ ...same[0], verb: same.map(({ verb }) => verb).join('", "') })] : [],
  );
}
