// How many requests a driver made, by phase of the release and by tick, out of the API server's audit log. It counts all of them: discovery, reviews
// of access, watches and heartbeats, too. It judges nothing.
import { isObject } from '../../../src/common/json.ts';
import { driverOf, type AuditEvent } from '../audit.ts';

/** From that moment on (milliseconds since 1970) requests belong to the phase `name`, until an Event tells of the next one. */
export interface Mark {
  readonly name: string;
  readonly at: number;
}

export interface Requests {
  /** Heartbeats included, here and in every phase. */
  readonly total: number;
  readonly heartbeats: number;
  readonly phases: Readonly<Record<string, number>>;
  /** Between one `Advance … weight` line and the next, with no halt and no newer revision between them; heartbeats apart. */
  readonly ticks: readonly number[];
}

/** Which phase an event line begins. The line itself is the last request of the phase before. */
const beginnings: readonly (readonly [line: RegExp, phase: string])[] = [
  [/^New revision detected/, 'scaling up'],
  [/^Advance .* canary (weight|iteration)/, 'analysis'],
  [/^Copying /, 'promotion'],
  [/^Rolling back /, 'rollback'],
];

export function countRequests(events: readonly AuditEvent[], namespace: string, marks: readonly Mark[] = []): Requests {
  const requests = requestsOf(events, namespace);
  const phases: Record<string, number> = {};
  const ticks: number[] = [];
  const left = [...marks];
  let [phase, tick]: [string, number | undefined] = ['bootstrap', undefined];
  for (const request of requests) {
    while (left[0] && left[0].at <= Date.parse(request.requestReceivedTimestamp)) {
      phase = left.shift()?.name ?? phase;
      tick = undefined;
    }
    phases[phase] = (phases[phase] ?? 0) + 1;
    if (tick !== undefined && !isHeartbeat(request)) tick++;
    const line = lineOf(request);
    if (line === undefined) continue;
    phase = beginnings.find(([pattern]) => pattern.test(line))?.[1] ?? phase;
    const advanced = /^Advance .* canary weight/.test(line);
    if (advanced && tick !== undefined) ticks.push(tick);
    tick = advanced ? 0 : /^(Halt|New revision) /.test(line) ? undefined : tick;
  }
  return { total: requests.length, heartbeats: requests.filter(isHeartbeat).length, phases, ticks };
}

/** Each request of that namespace's driver once, in the order in which the API server received them: a watch stands twice in the log. */
export function requestsOf(events: readonly AuditEvent[], namespace: string): AuditEvent[] {
  const driver = driverOf(namespace);
  const once = new Map(events.filter(({ user }) => user.username === driver).map((event) => [event.auditID, event]));
  return [...once.values()].sort((one, two) => (one.requestReceivedTimestamp < two.requestReceivedTimestamp ? -1 : 1));
}

/** The middle one; of two the greater. NaN where there is none. */
export function median(numbers: readonly number[]): number {
  return [...numbers].sort((one, two) => one - two)[Math.floor(numbers.length / 2)] ?? NaN;
}

function isHeartbeat({ verb, objectRef }: AuditEvent): boolean {
  return verb === 'patch' && objectRef?.resource === 'leases';
}

/** The text of the Event that this request wrote, a repeat's, too. */
function lineOf({ verb, objectRef, requestObject, responseObject }: AuditEvent): string | undefined {
  if (objectRef?.resource !== 'events' || !['create', 'patch'].includes(verb)) return undefined;
  const texts = [responseObject, requestObject].map((object) => (isObject(object) ? object['message'] : undefined));
  return texts.find((text) => typeof text === 'string');
}
