// Kubernetes Events that the sandbox's controllers write: repeats raise the count. It must not decide when to write one.
import type { Obj } from '../../../contracts.ts';
import { shortHash } from '../hash.ts';
import { timestamp } from '../time.ts';
import type { SandboxWorld } from '../types.ts';

export interface Occurrence {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly component: string;
}

export function recordEvent(world: SandboxWorld, about: Obj, occurrence: Occurrence): void {
  const { name, namespace, uid, resourceVersion } = about.metadata;
  const { type, reason, message, component } = occurrence;
  const row = world.row('Event');
  const metadata = { name: `${name}.${shortHash(`${uid}/${reason}/${message}`, 16)}`, ...(namespace === undefined ? {} : { namespace }) };
  const now = timestamp(world.clock.now());
  const earlier = world.get('Event', namespace, metadata.name);
  if (earlier !== undefined) {
    world.store.update(row, { ...earlier, count: Number(earlier['count'] ?? 1) + 1, lastTimestamp: now });
    return;
  }
  const involvedObject = { kind: about.kind, namespace, name, uid, apiVersion: about.apiVersion, resourceVersion };
  const source = { component };
  const times = { firstTimestamp: now, lastTimestamp: now, eventTime: null };
  const reporting = { reportingComponent: component, reportingInstance: '' };
  world.store.create(row, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata,
    involvedObject,
    type,
    reason,
    message,
    source,
    count: 1,
    ...times,
    ...reporting,
  });
}
