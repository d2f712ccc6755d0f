// How URLs of the Kubernetes API are read here. Knows no kind in particular; throws at nothing.

export interface Place {
  /** 'apps/deployments', 'services' (no group). The version is left out: one object has several. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
}

/** Undefined: not a path of the API server's objects (/version, discovery). */
export function placeOf(path: string): Place | undefined {
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  const group = parts[0] === 'apis' ? parts[1] : parts[0] === 'api' ? '' : undefined;
  if (group === undefined) return undefined;
  const rest = parts.slice(group === '' ? 2 : 3);
  const inNamespace = rest[0] === 'namespaces' && rest.length > 2;
  const [plural, name = '', subresource = ''] = inNamespace ? rest.slice(2) : rest;
  if (!plural) return undefined;
  return { resource: group ? `${group}/${plural}` : plural, namespace: inNamespace ? (rest[1] ?? '') : '', name, subresource };
}

/** The path of the object itself: without a subresource, and for a POST with the name from its body. */
export function objectPath(path: string, method: string, body: unknown): string {
  const place = placeOf(path);
  if (!place) return path;
  if (method === 'POST' && !place.name) {
    const name = (body as { metadata?: { name?: unknown } } | undefined)?.metadata?.name;
    return typeof name === 'string' ? `${path.replace(/\/$/, '')}/${name}` : path;
  }
  return place.subresource ? path.slice(0, path.lastIndexOf('/')) : path;
}
