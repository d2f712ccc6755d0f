// How a release ended, as facts that must be the same however it was disturbed.
import { isObject } from '../../src/common/json.ts';
import type { State } from '../../src/core/types.ts';
import { live, type Facts } from '../parity/compare.ts';
import type { Stage } from '../support/stage.ts';
import { isAccepted, textOf } from './facts.ts';
import type { Log } from './log.ts';
import { targetOf } from './scene.ts';
import type { Setup } from './setup.ts';

/** Values of cookies are chance. */
const cookies = /((?:flagger|primary)-cookie(?:=|\.\*)|"(?:expire|canary|primary)":")[a-p]{10}/g;

export interface End {
  readonly objects: Facts;
  readonly record: unknown;
}

export function endState(at: Stage): End {
  const { world } = at.sandbox;
  const kinds = [
    'Deployment',
    'Service',
    'HorizontalPodAutoscaler',
    'ConfigMap',
    'Secret',
    'VirtualService',
    'DestinationRule',
    'HTTPRoute',
    'TraefikService',
  ];
  const objects = live(kinds.flatMap((kind) => world.list(kind, at.namespace)));
  // In one order: which field of an object was written first is no part of the end.
  const text = textOf({ objects, record: recordOf(at) });
  return JSON.parse(text.replace(cookies, '$1VALUE')) as End;
}

function recordOf(at: Stage): unknown {
  const record = at.sandbox.world.get('ConfigMap', at.namespace, `canary-deployment-${targetOf(at.canaries)}`);
  if (!record) return undefined;
  const data = isObject(record['data']) ? record['data'] : {};
  const state = JSON.parse(String(data['state'] ?? '{}')) as Partial<State>;
  const { phase, traffic, revision, promoted, failed, driver, home, parked, owed, closing, gate, asking } = state;
  return { phase, traffic, revision, promoted, failed, driver, home, parked, owed, closing, gate, asking };
}

/** What was told to whom, each message once: the same, however often it was sent. */
export function toldIn(log: Pick<Log, 'entries'>, { messages = [] }: Setup): string[] {
  const told = log.entries
    .filter((entry) => entry.actor === 'http' && isAccepted(entry) && messages.some(({ url }) => entry.path.includes(url)))
    .map(({ path, body }) => `${path} ${textOf(body)}`);
  return [...new Set(told)].sort();
}
