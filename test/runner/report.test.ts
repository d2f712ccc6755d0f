// What is told: to the reporter always, as a Kubernetes Event where the target stands; a wait only when its text changes.
import { describe, expect, test } from '@jest/globals';
import type { Obj } from '../../src/contracts.ts';
import type { Event } from '../../src/core/types.ts';
import type { EventLine } from '../../src/runner/event-hooks.ts';
import { createTeller } from '../../src/runner/report.ts';
import type { Line } from '../../src/runner/types.ts';
import { kit, t0 } from '../core/support.ts';

const target: Obj = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'podinfo' } };

interface Told {
  teller: { tell(events: readonly Event[]): void; note(text: string): void };
  lines: Line[];
  notes: string[];
  posts: string[];
  webhooks: EventLine[];
}

function teller(about?: Obj): Told {
  const webhooks: EventLine[] = [];
  const lines: Line[] = [];
  const notes: string[] = [];
  const posts: string[] = [];
  const reporter = {
    event: (line: Line): void => void lines.push(line),
    note: (text: string): void => void notes.push(text),
    result: (): void => undefined,
  };
  const post = {
    tell: (of: Obj, type: string, text: string): void => void posts.push(`${of.metadata.name} ${type} ${text}`),
    tellProgress: (of: Obj, type: string, text: string): void => void posts.push(`${of.metadata.name} progress ${type} ${text}`),
  };
  const hooks = { tell: (told: EventLine): void => void webhooks.push(told) };
  const whole = createTeller({ kit: kit(), reporter, about: () => about, post, hooks });
  const tell = (events: readonly Event[]): void => whole.tell(events, { phase: 'Progressing', revision: 'rev' });
  return { teller: { tell, note: whole.note }, lines, notes, posts, webhooks };
}

const waiting = (why: string, side: 'primary' | 'canary' = 'canary'): Event => ({ at: t0, tell: 'not-ready', side, why });
const scaling: Event = { at: t0, tell: 'scaling' };

test('an event is a line with its exact text, its type and its time', () => {
  const { teller: told, lines } = teller(target);
  told.tell([scaling]);
  expect(lines).toMatchObject([{ at: t0, canary: { name: 'podinfo' }, type: 'Normal', text: 'Scaling up podinfo.test', event: scaling }]);
});

test('and a Kubernetes Event on the target', () => {
  const { teller: told, posts } = teller(target);
  told.tell([scaling, { at: t0, tell: 'failed' }]);
  expect(posts).toEqual(['podinfo Normal Scaling up podinfo.test', 'podinfo Warning Canary failed! Scaling down podinfo.test']);
});

test('and one line for the event webhooks, with the phase and the revision that it led to', () => {
  const { teller: told, webhooks } = teller();
  told.tell([scaling, waiting('0 of 2'), waiting('0 of 2'), { at: t0, tell: 'note', text: 'ours' }]);
  const common = { at: t0, phase: 'Progressing', checksum: 'rev' };
  expect(webhooks).toEqual([
    { ...common, type: 'Normal', text: 'Scaling up podinfo.test' },
    { ...common, type: 'Warning', text: 'Waiting for podinfo.test rollout to finish: 0 of 2' },
  ]);
});

test('where there is no target yet, the line is said all the same', () => {
  const { teller: told, lines, posts } = teller();
  told.tell([scaling]);
  expect(lines).toHaveLength(1);
  expect(posts).toEqual([]);
});

describe('a wait', () => {
  test('is said when its text changes, never per poll', () => {
    const { teller: told, lines, posts } = teller(target);
    for (const why of ['0 of 2', '0 of 2', '1 of 2', '1 of 2', '1 of 2']) told.tell([waiting(why)]);
    expect(lines.map(({ text }) => text)).toEqual([
      'Waiting for podinfo.test rollout to finish: 0 of 2',
      'Waiting for podinfo.test rollout to finish: 1 of 2',
    ]);
    expect(posts).toHaveLength(2);
  });

  test('of the other side is another text', () => {
    const { teller: told, lines } = teller();
    told.tell([waiting('0 of 2'), waiting('0 of 2', 'primary')]);
    expect(lines).toHaveLength(2);
  });

  test('that begins again after something else is said again', () => {
    const { teller: told, lines } = teller();
    told.tell([waiting('0 of 2'), scaling, waiting('0 of 2')]);
    expect(lines).toHaveLength(3);
  });
});

test('every failed check is said, also in the same words', () => {
  const { teller: told, lines } = teller();
  const halt: Event = { at: t0, tell: 'hook', hook: 'gate', type: 'rollout', muted: false, passed: false, why: 'no' };
  told.tell([halt]);
  told.tell([halt]);
  expect(lines).toHaveLength(2);
});

test('a note is for stderr: no event line, no Kubernetes Event', () => {
  const { teller: told, lines, notes, posts } = teller(target);
  told.tell([{ at: t0, tell: 'note', text: 'look here' }]);
  told.note('and here');
  expect(notes).toEqual(['look here', 'and here']);
  expect([...lines, ...posts]).toEqual([]);
});
