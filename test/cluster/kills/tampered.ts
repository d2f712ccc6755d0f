// Logs of the real API server with a lie in each, to see that the checker sees it. Every tampering must change something.
import type { JsonObject } from '../../../src/contracts.ts';
import { at, replicasOf } from '../../faults/facts.ts';
import type { Entry } from '../../faults/log.ts';
import type { InvariantId, Setup } from '../../faults/setup.ts';
import type { AuditEvent } from '../audit.ts';
import { momentOf } from './heard.ts';
import { logOfAudit, type Account } from './log-of-audit.ts';

export interface Lie {
  readonly name: string;
  readonly invariant: InvariantId;
  readonly extra?: Partial<Setup>;
  readonly entries: (account: Account) => readonly Entry[];
}

/** Of an undisturbed promotion: 'golden-bootstrap', then 'golden-release'. */
export const liesOfPromotion: readonly Lie[] = [
  { name: 'the canary is scaled down at once', invariant: 'I13', entries: withoutDrain },
  { name: 'nobody was asked before a weight was raised', invariant: 'I5', entries: (account) => entriesOf(account, { heard: [] }) },
  { name: 'no pod of a canary was ever ready', invariant: 'I1', entries: (account) => changed(account, isReadiness, () => undefined) },
  {
    name: 'a route written whatever it was',
    invariant: 'I12',
    entries: (account) => changed(account, isRoutePatch, (event) => ({ ...event, requestObject: { spec: {} } })),
  },
  { name: 'weights of 101', invariant: 'I7', entries: (account) => changed(account, isRoutePatch, heavier) },
  {
    name: 'somebody else’s Service',
    invariant: 'I9',
    entries: (account) => changed(account, isRoutePatch, (event) => ({ ...event, requestURI: elsewhere(event) })),
  },
  {
    name: 'the record knows nothing of the weights',
    invariant: 'I11',
    entries: (account) => changed(account, isRecordPatch, () => undefined),
  },
  { name: 'a promotion that ends as a rollback', invariant: 'I4', extra: { exit: 10 }, entries: (account) => entriesOf(account, {}) },
  {
    name: 'a run with nothing to do that did all',
    invariant: 'I10',
    extra: { idle: ['golden-release'] },
    entries: (account) => entriesOf(account, {}),
  },
];

/** Of a driver 'old' that was taken over from. */
export const liesOfZombie: readonly Lie[] = [
  {
    name: 'a write that came too late is taken',
    invariant: 'I6',
    entries: (account) =>
      changed(
        account,
        (event) => isOf(event, 'old') && event.responseStatus?.code === 409,
        (event) => ({ ...event, responseStatus: { code: 200 } }),
      ),
  },
];

function entriesOf(account: Account, lie: Partial<Account>): readonly Entry[] {
  return logOfAudit({ ...account, ...lie }).entries;
}

function changed(
  account: Account,
  which: (event: AuditEvent) => boolean,
  lie: (event: AuditEvent) => AuditEvent | undefined,
): readonly Entry[] {
  if (!account.events.some(which)) throw new Error('there is nothing to lie about');
  return entriesOf(account, { events: account.events.flatMap((event) => (which(event) ? (lie(event) ?? []) : [event])) });
}

function isOf(event: AuditEvent, driver: string): boolean {
  // Not everybody says what they are.
  return String(at(event, 'userAgent')).endsWith(` ${driver}`);
}

function isPatch(event: AuditEvent, resource: string, name: string): boolean {
  const { objectRef, verb } = event;
  return isOf(event, 'golden-release') && verb === 'patch' && objectRef?.resource === resource && objectRef.name === name;
}

function isRoutePatch(event: AuditEvent): boolean {
  return isPatch(event, 'virtualservices', 'podinfo');
}

function isRecordPatch(event: AuditEvent): boolean {
  return isPatch(event, 'configmaps', 'canary-deployment-podinfo') && !/"phase":"(Promoting|Finalising|Succeeded)"/.test(stateIn(event));
}

function stateIn({ responseObject }: AuditEvent): string {
  return String(at(responseObject, 'data', 'state') ?? '');
}

function isReadiness({ user, objectRef }: AuditEvent): boolean {
  return user.username === 'kubelet' && objectRef?.subresource === 'status' && !objectRef.name?.startsWith('podinfo-primary-');
}

function heavier(event: AuditEvent): AuditEvent {
  const text = JSON.stringify(event.responseObject).replace(/"weight":95\b/, '"weight":96');
  return { ...event, responseObject: JSON.parse(text) as JsonObject };
}

function elsewhere({ requestURI }: AuditEvent): string {
  return requestURI.replace(/\/apis\/networking.*\/(namespaces\/[^/]+)\/.*$/, '/api/v1/$1/services/other');
}

/** The last scaling to zero, a moment after the last change of the route. */
function withoutDrain(account: Account): readonly Entry[] {
  const { entries } = logOfAudit(account);
  const scaled = entries.findLastIndex(
    ({ path, before, after }) => /deployments\/podinfo$/.test(path) && replicasOf(before) > 0 && replicasOf(after) === 0,
  );
  const routed = account.events.filter(isRoutePatch).at(-1);
  if (scaled < 0 || !routed) throw new Error('nothing was drained');
  const t = momentOf(routed.stageTimestamp) + 10;
  return entries.map((entry, index) => (index === scaled ? { ...entry, t } : entry));
}
