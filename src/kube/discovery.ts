// Which kinds an API server serves and where: asked once per group and version, for kinds that have no row in kinds.ts. It must never write.
import { isObject } from '../common/json.ts';
import type { JsonObject } from '../contracts.ts';
import { ForbiddenError, PreflightError } from '../errors.ts';

export interface Resource {
  /** '/api/v1' or '/apis/<group>/<version>'. */
  readonly root: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

type Read = (url: string) => Promise<{ status: number; body: unknown }>;

export interface Discovery {
  /** Throws PreflightError, with the place, where the kind is not served. */
  resource(type: { apiVersion: string; kind: string }, where: string): Promise<Resource>;
}

export function createDiscovery(read: Read): Discovery {
  const pages = new Map<string, Promise<readonly JsonObject[]>>();
  return {
    async resource({ apiVersion, kind }, where) {
      const root = rootOf(apiVersion, where);
      const page = pages.get(root) ?? pageOf(read, root);
      pages.set(root, page);
      const row = (await page).find((each) => each['kind'] === kind && !String(each['name']).includes('/'));
      const { name, namespaced } = row ?? {};
      if (typeof name !== 'string' || name === '')
        throw new PreflightError(`${where}: the API server serves no ${kind} of ${apiVersion}`, 'install it first; nothing was applied');
      return { root, plural: name, namespaced: namespaced === true };
    },
  };
}

/** The file's word goes into a URL, so only what can be a group and a version does. */
function rootOf(apiVersion: string, where: string): string {
  if (!/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[a-z0-9]+$/.test(apiVersion))
    throw new PreflightError(`${where}: ${JSON.stringify(apiVersion)} is no apiVersion of an API server`, 'nothing was applied');
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

async function pageOf(read: Read, root: string): Promise<readonly JsonObject[]> {
  const { status, body } = await read(root);
  if (status === 401 || status === 403)
    throw new ForbiddenError(
      `not allowed to ask the API server what it serves (${root}: HTTP ${status})`,
      'it takes the ClusterRole system:discovery',
    );
  const resources = status === 200 && isObject(body) ? body['resources'] : [];
  return Array.isArray(resources) ? resources.filter(isObject) : [];
}
