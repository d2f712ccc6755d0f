// Who may do what: everything, but for the world's denials. It must not look at objects.
import type { SandboxWorld, Denial } from '../world/types.ts';
import type { Call, Verb } from './route.ts';
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

export function isAllowed(world: SandboxWorld, question: Question): boolean {
  return !world.denied.some((denial) => isMeant(denial, question));
}

/** What a request is about: a call, or one of the few things that are no object (services/proxy). */
type Asked = Pick<Call, 'row' | 'namespace' | 'name'> & { readonly subresource: string };

export function checkAccess(world: SandboxWorld, call: Asked, verb: Verb): void {
  const { row, namespace, name } = call;
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
