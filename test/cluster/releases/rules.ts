// Which of the rights that a Role grants its holder made use of, out of the API server's audit log. Reads; judges nothing.
import type { AuditEvent } from '../audit.ts';

/** As it stands in a Role. */
export interface RoleRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** Rights one by one, sorted: 'deployments.apps patch podinfo', and without a name what is granted for any: 'pods list'. */
export function granted(rules: readonly RoleRule[]): string[] {
  const rights = rules.flatMap(({ apiGroups, resources, verbs, resourceNames }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs.flatMap((verb) => (resourceNames ?? [undefined]).map((name) => rightOf({ group, resource, verb, name }))),
      ),
    ),
  );
  return [...new Set(rights)].sort();
}

/** The rights that these requests needed, with their objects' names and without. */
export function used(requests: readonly AuditEvent[]): Set<string> {
  return new Set(
    requests.flatMap(({ verb, objectRef }) => {
      if (!objectRef) return [];
      const { apiGroup: group = '', name } = objectRef;
      const resource = objectRef.subresource ? `${objectRef.resource}/${objectRef.subresource}` : objectRef.resource;
      return [rightOf({ group, resource, verb }), rightOf({ group, resource, verb, name })];
    }),
  );
}

/** What was asked and refused, in words. */
export function refused(requests: readonly AuditEvent[]): string[] {
  return requests
    .filter(({ responseStatus }) => responseStatus?.code === 403)
    .map(({ verb, requestURI, responseStatus }) => `${verb} ${requestURI}: ${responseStatus?.message ?? '403'}`);
}

function rightOf(of: { group: string; resource: string; verb: string; name?: string | undefined }): string {
  const name = of.name?.replace(services, 'podinfo');
  return [of.group ? `${of.resource}.${of.group}` : of.resource, of.verb, ...(name ? [name] : [])].join(' ');
}

/** What two recordings call a Service that is podinfo elsewhere: rights to both are one right. */
const services = /^(frontend|reviews)(?=$|-primary$|-canary$)/;
