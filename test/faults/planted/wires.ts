// Which request of a driver is meant: moments of a release, told from the wire alone.
import type { Wire } from '../../../src/ports.ts';

export type Which = (wire: Wire) => boolean;

/** The route is changed to give the canary so much. */
export function routeTo(weight: number): Which {
  const wanted = new RegExp(`-canary"},"weight":${weight}\\b`);
  return ({ method, url, body = '' }) => method === 'PATCH' && url.includes('/virtualservices/') && wanted.test(body);
}

/** The record is saved with a state that reads so, such as '"phase":"Promoting"'. */
export function save(text: string): Which {
  return ({ method, url, body = '' }) => {
    if (method !== 'PATCH' || !/\/configmaps\/canary-deployment-[a-z]+(\?|$)/.test(url)) return false;
    const { data } = JSON.parse(body) as { data?: { state?: string } };
    return data?.state?.includes(text) === true;
  };
}

export function query(text: string): Which {
  return ({ url }) => url.includes('/api/v1/query') && decodeURIComponent(url).includes(text);
}

/** Something is deleted whose URL has this in it. */
export function remove(text: string): Which {
  return ({ method, url }) => method === 'DELETE' && url.includes(text);
}
