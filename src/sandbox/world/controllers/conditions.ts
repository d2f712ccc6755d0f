// Conditions of workloads and their two times. It must not know any kind.
import type { Condition } from '../shapes.ts';

export type NewCondition = Pick<Condition, 'type' | 'status'> & { readonly reason: string; readonly message: string };

/** As the Deployment controller sets one: equal status and reason change nothing, not even the message or a time. */
export function withCondition(conditions: readonly Condition[], next: NewCondition, now: string): readonly Condition[] {
  const standing = conditions.find(({ type }) => type === next.type);
  if (standing?.status === next.status && standing.reason === next.reason) return conditions;
  const since = standing?.status === next.status ? (standing.lastTransitionTime ?? now) : now;
  const added: Condition = { ...next, lastUpdateTime: now, lastTransitionTime: since };
  return [...conditions.filter(({ type }) => type !== next.type), added];
}

/** The same, but written again even where status and reason are equal: progress moves the time that deadlines count from. */
export function withFreshCondition(conditions: readonly Condition[], next: NewCondition, now: string): readonly Condition[] {
  const standing = conditions.find(({ type }) => type === next.type);
  const since = standing?.status === next.status ? (standing.lastTransitionTime ?? now) : now;
  return [...conditions.filter(({ type }) => type !== next.type), { ...next, lastUpdateTime: now, lastTransitionTime: since }];
}

/** Conditions of pods and others: no lastUpdateTime; lastTransitionTime moves with the status only. */
export function transitioned(standing: readonly Condition[] | undefined, next: readonly Condition[], now: string): readonly Condition[] {
  return next.map((condition) => {
    const before = standing?.find(({ type }) => type === condition.type);
    const since = before?.status === condition.status ? (before.lastTransitionTime ?? now) : now;
    return { ...condition, lastTransitionTime: since };
  });
}
