import { describe, expect, test } from '@jest/globals';
import type { Obj } from '../../src/contracts.ts';
import { createEvents } from '../../src/kube/events.ts';
import type { Events } from '../../src/kube/events.ts';
import { createObjects } from '../../src/kube/objects.ts';
import { handClock, never, reply, settle, status, tinyServer } from './scripted.ts';
import type { HandClock, TinyServer } from './scripted.ts';

const podinfo: Obj = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'podinfo', namespace: 'test', uid: 'u-1', resourceVersion: '7' },
};

function stage(): { server: TinyServer; clock: HandClock; events: Events; troubles: string[]; written: Obj[] } {
  const server = tinyServer();
  const clock = handClock();
  const troubles: string[] = [];
  const written: Obj[] = [];
  const objects = createObjects({
    clock,
    namespace: 'test',
    random: () => 0,
    async send(wire, signal) {
      const answer = await server.send(wire, signal);
      if (wire.method === 'GET' || answer.status > 299) return answer;
      let text = '';
      for await (const chunk of answer.body) text += new TextDecoder().decode(chunk);
      written.push(JSON.parse(text) as Obj);
      return reply(answer.status, text);
    },
  });
  return {
    server,
    clock,
    written,
    troubles,
    events: createEvents({ objects, clock, now: clock.now, onTrouble: (why) => troubles.push(why) }),
  };
}

describe('Kubernetes Events', () => {
  test('are written on the target as Flagger writes them', async () => {
    const { events, written } = stage();
    events.tell(podinfo, 'Warning', 'Halt podinfo.test advancement success rate 69.17% < 99%');
    await events.flush(never);
    expect(written).toHaveLength(1);
    expect(written[0]).toMatchObject({
      metadata: { name: expect.stringMatching(/^podinfo\.[0-9a-f]{16}$/), namespace: 'test' },
      involvedObject: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo', namespace: 'test', uid: 'u-1', resourceVersion: '7' },
      reason: 'Synced',
      message: 'Halt podinfo.test advancement success rate 69.17% < 99%',
      type: 'Warning',
      source: { component: 'canary' },
      firstTimestamp: '2023-11-14T22:13:20Z',
      lastTimestamp: '2023-11-14T22:13:20Z',
      count: 1,
    });
  });

  test('repeats raise the count and the last time; another text, type or object is another Event', async () => {
    const { events, written, clock, server } = stage();
    events.tell(podinfo, 'Normal', 'a');
    await clock.advance(5_000);
    events.tell(podinfo, 'Normal', 'a');
    events.tell(podinfo, 'Warning', 'a');
    events.tell({ ...podinfo, metadata: { ...podinfo.metadata, uid: 'u-2' } }, 'Normal', 'a');
    await events.flush(never);
    expect(written.map((event) => [event['type'], event['count'], event['lastTimestamp']])).toEqual([
      ['Normal', 1, '2023-11-14T22:13:20Z'],
      ['Normal', 2, '2023-11-14T22:13:25Z'],
      ['Warning', 1, '2023-11-14T22:13:25Z'],
      ['Normal', 1, '2023-11-14T22:13:25Z'],
    ]);
    expect(written[1]?.metadata.name).toBe(written[0]?.metadata.name);
    expect(server.sent.map((line) => line.split(' ')[0])).toEqual(['POST', 'PATCH', 'POST', 'POST']);
  });

  test('of progress only the last within a second is told; what is no progress is always told, in order', async () => {
    const { events, written, clock } = stage();
    events.tellProgress(podinfo, 'Warning', '0 of 2');
    events.tellProgress(podinfo, 'Warning', '1 of 2');
    await clock.advance(1_000);
    await settle();
    expect(written.map(({ message }) => message)).toEqual(['1 of 2']);
    events.tellProgress(podinfo, 'Warning', '2 of 2');
    events.tell(podinfo, 'Normal', 'done');
    await settle();
    expect(written.map(({ message }) => message)).toEqual(['1 of 2', '2 of 2', 'done']);
  });

  test('progress that never rests is told now and then', async () => {
    const { events, written, clock } = stage();
    for (let no = 0; no < 30; no++) {
      events.tellProgress(podinfo, 'Warning', `${no} of 30`);
      await clock.advance(900);
    }
    expect(written.map(({ message }) => message)).toEqual(['12 of 30', '25 of 30']);
  });

  test('progress does not hold up the end: it is told at once when all is to be told', async () => {
    const { events, written } = stage();
    events.tellProgress(podinfo, 'Warning', '0 of 2');
    await events.flush(never);
    expect(written.map(({ message }) => message)).toEqual(['0 of 2']);
  });

  test('one that was swept away is told anew', async () => {
    const { events, written, server } = stage();
    events.tell(podinfo, 'Normal', 'a');
    await events.flush(never);
    server.drop(`/api/v1/namespaces/test/events/${written[0]?.metadata.name}`);
    events.tell(podinfo, 'Normal', 'a');
    await events.flush(never);
    expect(written.map((event) => event['count'])).toEqual([1, 1]);
  });

  test('keep their order, and hold nobody up', async () => {
    const { events, written, server } = stage();
    let open = (): void => undefined;
    const gate = new Promise<undefined>((resolve) => (open = () => resolve(undefined)));
    server.before = () => gate;
    for (const text of ['1', '2', '3']) events.tell(podinfo, 'Normal', text);
    await settle();
    expect(written).toHaveLength(0);
    open();
    await events.flush(never);
    expect(written.map((event) => event['message'])).toEqual(['1', '2', '3']);
  });

  test('refused or unanswered: said once, and the run goes on', async () => {
    const { events, server, troubles, clock, written } = stage();
    server.before = () => status(403, 'Forbidden', { message: 'no events for you' });
    events.tell(podinfo, 'Normal', '1');
    await events.flush(never);
    server.before = () => Promise.reject(new Error('reset'));
    events.tell(podinfo, 'Normal', '2');
    await clock.until(events.flush(never));
    server.before = () => undefined;
    events.tell(podinfo, 'Normal', '3');
    await events.flush(never);
    expect(troubles).toHaveLength(1);
    expect(troubles[0]).toMatch(
      /^Kubernetes Events are not being written: create events podinfo\.\w+ in namespace test: no events for you$/,
    );
    expect(written.map((event) => event['message'])).toEqual(['3']);
  });

  test('waiting for them can be given up', async () => {
    const { events, server } = stage();
    server.before = () => new Promise(() => undefined);
    events.tell(podinfo, 'Normal', '1');
    const enough = new AbortController();
    const flushed = events.flush(enough.signal);
    enough.abort();
    await flushed;
    expect(server.sent).toHaveLength(1);
  });

  test('foreign text is made safe', async () => {
    const { events, written } = stage();
    events.tell(podinfo, 'Normal', '\u001b[2Jx\r\ny');
    await events.flush(never);
    expect(written[0]?.['message']).toBe('x y');
  });
});
