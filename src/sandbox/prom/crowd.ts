// The users of one host and the cookies they keep: who got one sends it back. It must not know where requests go.
import type { Client } from '../mesh/index.ts';

interface Cookie {
  readonly value: string;
  /** Milliseconds since 1970; Infinity: as long as the browser is open. */
  readonly until: number;
}

type Jar = Readonly<Record<string, Cookie>>;

/** Users with equal jars. */
interface Cohort {
  readonly jar: Jar;
  readonly users: number;
}

/** Plain data, so that it can be cloned. */
export type Crowd = readonly Cohort[];

/** So many that per cents come out whole. */
export const crowdSize = 100;

export const newCrowd: Crowd = [{ jar: {}, users: crowdSize }];

/** Users whose requests look alike. */
export interface Group {
  readonly client: Client;
  readonly users: number;
}

export function groupsOf(crowd: Crowd): Group[] {
  const groups = new Map<string, number>();
  for (const { jar, users } of crowd) groups.set(headerOf(jar), (groups.get(headerOf(jar)) ?? 0) + users);
  return [...groups].map(([cookie, users]) => ({ client: cookie ? { headers: { cookie } } : {}, users }));
}

/** Cookies that are over are no longer sent. */
export function expired(crowd: Crowd, now: number): Crowd {
  if (crowd.every(({ jar }) => Object.values(jar).every(({ until }) => until > now))) return crowd;
  return merged(
    crowd.map(({ jar, users }) => ({ jar: Object.fromEntries(Object.entries(jar).filter(([, { until }]) => until > now)), users })),
  );
}

/** So many users of a group were answered with these Set-Cookie lines. */
export function given(crowd: Crowd, { client, users }: Group, { cookies, now }: { cookies: readonly string[]; now: number }): Crowd {
  const header = client.headers?.['cookie'] ?? '';
  let left = users;
  const after = crowd.flatMap((cohort) => {
    const taken = headerOf(cohort.jar) === header ? Math.min(left, cohort.users) : 0;
    left -= taken;
    return [
      { jar: cohort.jar, users: cohort.users - taken },
      { jar: cookies.reduce((jar, line) => kept(jar, line, now), cohort.jar), users: taken },
    ];
  });
  return merged(after);
}

function headerOf(jar: Jar): string {
  return Object.entries(jar)
    .map(([name, { value }]) => `${name}=${value}`)
    .sort()
    .join('; ');
}

function kept(jar: Jar, line: string, now: number): Jar {
  const [, name = '', value = ''] = /^\s*([^=;]+)=([^;]*)/.exec(line) ?? [];
  const { [name]: _old, ...others } = jar;
  const [, maxAge] = /;\s*max-age=(-?\d+)/i.exec(line) ?? [];
  if (!name) return jar;
  // An age of 0 or less is over at once.
  return { ...others, [name]: { value, until: maxAge === undefined ? Infinity : now + Number(maxAge) * 1000 } };
}

function merged(cohorts: Crowd): Crowd {
  const byJar = new Map<string, Cohort>();
  for (const { jar, users } of cohorts) {
    if (!users) continue;
    const key = Object.entries(jar)
      .map(([name, { value, until }]) => `${name}=${value} ${until}`)
      .sort()
      .join('; ');
    byJar.set(key, { jar, users: users + (byJar.get(key)?.users ?? 0) });
  }
  return [...byJar.values()];
}
