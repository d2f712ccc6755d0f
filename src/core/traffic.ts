// Where traffic goes, as a value: what it needs, when two are the same, and how the next one follows from the one before. Pure; sends nothing.
import { equal } from '../common/json.ts';
import type { Traffic } from '../contracts.ts';
import type { Pass } from './pass.ts';

/** Everything on a canary that serves while the primary does not; no cookie may lead elsewhere. */
export const onCanary = { kind: 'split', canary: 100 } as const satisfies Traffic;

/** The same, with users of the canary's cookie known: it has to expire later. */
export function allOnCanary({ state }: Pick<Pass, 'state'>): Traffic {
  const canary = state.traffic.kind === 'split' ? state.traffic.cookies?.canary : undefined;
  return canary === undefined ? onCanary : { ...onCanary, cookies: { canary } };
}

/** Some requests reach the canary, be it copies. */
export function needsCanary(traffic: Traffic): boolean {
  return traffic.kind !== 'split' || traffic.canary > 0;
}

/** Some requests are answered by the primary. */
export function needsPrimary(traffic: Traffic): boolean {
  return traffic.kind !== 'split' || traffic.canary < 100 || traffic.cookies?.primary !== undefined;
}

/** The canary's share in per cent, as Flagger shows it: 0 while requests are mirrored or matched. */
export function shareOf(traffic: Traffic): number {
  return traffic.kind === 'split' ? traffic.canary : 0;
}

/** Which of two gives the canary more: any request at all counts for more than none. */
export function givesMore(a: Traffic, b: Traffic): boolean {
  const rank = (traffic: Traffic): number => (traffic.kind === 'split' ? traffic.canary : 0.5);
  return rank(a) > rank(b);
}

export function sameTraffic(a: Traffic | undefined, b: Traffic): boolean {
  return a !== undefined && equal(a, b);
}

/** Everything on the primary; users who were kept on the canary by a cookie are let go. */
export function homeOf({ kit, state }: Pick<Pass, 'kit' | 'state'>): Traffic {
  const cookies = state.traffic.kind === 'split' ? state.traffic.cookies : undefined;
  const expire = cookies?.canary ?? cookies?.expire;
  return { kind: 'split', canary: 0, ...(kit.canary.affinity && expire !== undefined ? { cookies: { expire } } : {}) };
}

/** So much on the canary. The canary's cookie lasts for the run; the primary's is new with every weight, so that users are dealt anew. */
export function splitOf(pass: Pass, canary: number): Traffic {
  const { affinity } = pass.kit.canary;
  if (canary === 0) return homeOf(pass);
  if (!affinity) return { kind: 'split', canary };
  const known = pass.state.traffic.kind === 'split' ? pass.state.traffic.cookies?.canary : undefined;
  const primary = affinity.primaryCookieName === undefined ? {} : { primary: cookie(pass, 'primary') };
  return { kind: 'split', canary, cookies: { canary: known ?? cookie(pass, 'canary'), ...primary } };
}

/** Ten letters out of fresh randomness. */
function cookie({ kit, seen }: Pass, side: string): string {
  return [...kit.digest(`${seen.nonce} ${side}`)].map((digit) => 'abcdefghijklmnop'[parseInt(digit, 16)] ?? '').join('');
}
