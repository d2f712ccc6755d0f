// Is a Deployment ready, still on its way, or failed? Computed from the object and the time it is given; must not read a clock.
import { dig, listAt, numberAt, textAt } from '../common/dig.ts';
import type { Ctx, Json, Millis, Obj, Side, Verdict } from '../contracts.ts';
import { deploymentOf, sideRef, wantedReplicas } from './deployment-objects.ts';

export function readiness(c: Ctx, side: Side, at: { now: Millis; since: Millis }): Verdict {
  const { name } = sideRef(c.canary, side);
  const deployment = deploymentOf(c, side);
  const why = deployment ? missing(deployment, c.canary.readyThreshold[side]) : `deployment "${name}" is not there`;
  if (why === undefined) return { is: 'ready' };
  if (deployment && hasStalled(deployment, at.since)) return { is: 'failed', why: `deployment "${name}" exceeded its progress deadline` };
  // This also covers Available=False/MinimumReplicasUnavailable for the whole deadline. That condition keeps the time of an older outage
  // when a fix is rolled out, so it must not be counted from there: a broken primary could never be mended.
  return at.now - at.since > c.canary.deadline ? { is: 'failed', why } : { is: 'waiting', why };
}

/** Pods that take traffic and stay: those of a side that is being scaled away count no longer. */
export function readyReplicas(deployment: Obj | undefined): number {
  return Math.min(numberAt(deployment, 'status', 'availableReplicas') ?? 0, wantedReplicas(deployment));
}

function missing(deployment: Obj, threshold: number): string | undefined {
  const wanted = wantedReplicas(deployment);
  const count = (field: string): number => numberAt(deployment, 'status', field) ?? 0;
  if (wanted === 0) return '0 replicas are wanted';
  if (!isObserved(deployment)) return 'observed deployment generation less than desired generation';
  const updated = count('updatedReplicas');
  if (updated < wanted) return `${updated} out of ${wanted} new replicas have been updated`;
  const old = count('replicas') - updated;
  if (old > 0) return `${old} old replicas are pending termination`;
  const available = count('availableReplicas');
  // At least one: half of one pod is none, and none can take no traffic.
  if (available >= Math.max(1, Math.trunc((updated * threshold) / 100))) return undefined;
  return `${available} of ${updated}${threshold === 100 ? '' : ` (readyThreshold ${threshold}%)`} updated replicas are available`;
}

function isObserved(deployment: Obj): boolean {
  return (numberAt(deployment, 'status', 'observedGeneration') ?? 0) >= (deployment.metadata.generation ?? 0);
}

/** Kubernetes gave up on this generation. The condition outlives the template it was about (also with the new generation observed), so one
 *  that is older than the wait says nothing; its time has whole seconds. */
function hasStalled(deployment: Obj, since: Millis): boolean {
  const progressing = listAt(deployment, 'status', 'conditions').find((condition) => dig(condition, 'type') === 'Progressing');
  if (!isObserved(deployment) || textAt(progressing, 'reason') !== 'ProgressDeadlineExceeded') return false;
  const told = toldAt(progressing);
  return told === undefined || told + 999 >= since;
}

function toldAt(condition: Json | undefined): Millis | undefined {
  return parseTime(textAt(condition, 'lastUpdateTime') ?? textAt(condition, 'lastTransitionTime') ?? '');
}

/** Kubernetes' times, always UTC. Written out, as pure rooms know no Date. */
export function parseTime(text: string): Millis | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?Z$/.exec(text)?.slice(1).map(Number);
  if (!parts) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  return (((daysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1000;
}

/** The year is taken to begin in March, so that a leap day is its last. */
function daysSince1970(year: number, month: number, day: number): number {
  const years = month > 2 ? year : year - 1;
  const inYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return years * 365 + Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400) + inYear - 719_468;
}
