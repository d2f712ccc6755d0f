// Who may do what: everything, or what the world's Roles allow; never what it denies. It must not look at objects.
import type { Allowance, Denial, SandboxWorld } from '../world/types.ts';
import { type Call, parsePath, type ApiRequest, type Verb } from './route.ts';
import { forbidden } from './status.ts';

export interface Question {
  readonly verb: string;
  readonly group: string;
  /** 'deployments' or 'deployments/scale' */
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** Who asks for everything ('*') is refused by any denial. */
function matches(rule: string | undefined, value: string | undefined): boolean {
  return rule === undefined || rule === '*' || value === '*' || rule === value;
}

function isMeant(denial: Denial, question: Question): boolean {
  return (
    matches(denial.verb, question.verb) &&
    matches(denial.group, question.group) &&
    matches(denial.resource, question.resource) &&
    matches(denial.namespace, question.namespace) &&
    matches(denial.name, question.name)
  );
}

function holds(values: readonly string[], value: string): boolean {
  return values.includes(value) || values.includes('*');
}

/** As RBAC reads a rule: names in it are for requests that have one. */
function allows(rule: Allowance, question: Question): boolean {
  const { resourceNames: names = [] } = rule;
  return (
    (rule.namespace === undefined || rule.namespace === question.namespace) &&
    holds(rule.apiGroups, question.group) &&
    holds(rule.resources, question.resource) &&
    holds(rule.verbs, question.verb) &&
    (names.length === 0 || (question.name !== undefined && names.includes(question.name)))
  );
}

export function isAllowed(world: SandboxWorld, question: Question): boolean {
  if (world.denied.some((denial) => isMeant(denial, question))) return false;
  return world.allowed.length === 0 || world.allowed.some((rule) => allows(rule, question));
}

/** What a request is about: a call, or one of the few things that are no object (services/proxy). */
type Asked = Pick<Call, 'namespace' | 'name'> & { readonly row: Pick<Call['row'], 'group' | 'plural'>; readonly subresource: string };

/** `query`: of the request. A list or watch of one name, by a field selector, is about that name. */
export function checkAccess(world: SandboxWorld, call: Asked, asked: { readonly verb: Verb; readonly query?: URLSearchParams }): void {
  const { row, namespace } = call;
  const { verb } = asked;
  const name = call.name || (verb === 'create' ? '' : nameSelected(asked.query));
  const resource = call.subresource === '' ? row.plural : `${row.plural}/${call.subresource}`;
  const question = {
    verb,
    group: row.group,
    resource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === '' ? {} : { name }),
  };
  if (isAllowed(world, question)) return;
  const scope = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const why = `User "${world.user}" cannot ${verb} resource "${resource}" in API group "${row.group}" ${scope}`;
  throw forbidden(row, name, why);
}

function nameSelected(query: URLSearchParams | undefined): string {
  const terms = (query?.get('fieldSelector') ?? '').split(',');
  return terms.flatMap((term) => /^metadata\.name==?([^=!]+)$/.exec(term)?.[1] ?? [])[0] ?? '';
}

/** Rights are asked for before anybody looks whether the kind is served at all. */
export function checkUnserved(world: SandboxWorld, request: ApiRequest): void {
  const path = world.allowed.length > 0 ? parsePath(request.path) : undefined;
  if (path === undefined) return;
  const { group, plural, namespace, name, subresource } = path;
  const verbs: Record<ApiRequest['method'], Verb> = {
    GET: name ? 'get' : 'list',
    POST: 'create',
    PUT: 'update',
    PATCH: 'patch',
    DELETE: 'delete',
  };
  checkAccess(world, { row: { group, plural }, namespace, name, subresource }, { verb: verbs[request.method], query: request.query });
}
