// Asks the API server, before anything is written, whether we may do what we will have to. It must never try a write to find out.
import { isObject } from '../common/json.ts';
import type { Json, JsonObject, Obj } from '../contracts.ts';
import type { Objects, Written } from './objects.ts';
import { covers, type PolicyRule, type Right } from './rules.ts';

/** Reviews at once: polite to the API server, quick enough for fifty questions. */
const width = 8;

/** The rights that are missing, each once; [] = all is allowed. */
export async function missingRights(objects: Objects, wanted: readonly Right[], signal: AbortSignal): Promise<Right[]> {
  const rights = [...new Map(wanted.map((right) => [Object.values(right).join(' '), right])).values()];
  const unclear: Right[] = [];
  for (const namespace of new Set(rights.map((right) => right.namespace))) {
    const rules = await rulesIn(objects, namespace, signal);
    unclear.push(...rights.filter((right) => right.namespace === namespace && !rules.some((rule) => covers(rule, right))));
  }
  const missing: Right[] = [];
  // The list need not be whole: not every authorizer can tell its rules. What it does not hold is asked for by itself.
  for (let from = 0; from < unclear.length; from += width) {
    const some = unclear.slice(from, from + width);
    const allowed = await Promise.all(some.map((right) => isAllowed(objects, right, signal)));
    missing.push(...some.filter((_, at) => !allowed[at]));
  }
  return missing;
}

/** One question for all that is allowed in a namespace. */
async function rulesIn(objects: Objects, namespace: string, signal: AbortSignal): Promise<PolicyRule[]> {
  const written = await review(objects, { kind: 'SelfSubjectRulesReview', spec: { namespace } }, signal);
  // Whoever may not be told has to ask for each.
  if (written.is === 'refused' && written.error.code === 403) return [];
  const rules = statusOf(written)['resourceRules'];
  return Array.isArray(rules) ? rules.filter(isObject).map(ruleFrom) : [];
}

function ruleFrom(rule: JsonObject): PolicyRule {
  const texts = (value: Json | undefined): string[] => (Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []);
  const { apiGroups, resources, verbs, resourceNames } = rule;
  return { apiGroups: texts(apiGroups), resources: texts(resources), verbs: texts(verbs), resourceNames: texts(resourceNames) };
}

async function isAllowed(objects: Objects, right: Right, signal: AbortSignal): Promise<boolean> {
  const [resource = '', subresource] = right.resource.split('/');
  const resourceAttributes = { ...right, resource, ...(subresource ? { subresource } : {}) };
  return statusOf(await review(objects, { kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } }, signal))['allowed'] === true;
}

function statusOf(written: Written): Record<string, unknown> {
  if (written.is === 'refused') throw written.error;
  const status = written.is === 'done' ? written.object?.['status'] : undefined;
  return isObject(status) ? status : {};
}

/** A review is asked, never stored: it has no name. */
function review(objects: Objects, what: { kind: string; spec: JsonObject }, signal: AbortSignal): Promise<Written> {
  const asked: Obj = { apiVersion: 'authorization.k8s.io/v1', metadata: { name: '' }, ...what };
  return objects.create(asked, signal);
}
