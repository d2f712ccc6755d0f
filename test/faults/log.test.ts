// The recorder writes down what reached the server and what was stored around it, and changes nothing on the way.
import { describe, expect, test } from '@jest/globals';
import type { Send, Wire } from '../../src/ports.ts';
import { createLog, once, readAll, record, type Log } from './log.ts';
import { objectPath, placeOf } from './paths.ts';
import { deployment } from './story.ts';

const signal = new AbortController().signal;
const subject = { namespace: 'test', target: 'podinfo', apex: 'podinfo' };
const path = '/apis/apps/v1/namespaces/test/deployments/podinfo';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Stores bodies as they are; slow, so that requests overlap unless somebody keeps them apart. */
function server(): { readonly log: Log; readonly send: Send } {
  const stored = new Map<string, unknown>([[path, deployment('podinfo', 'app:1', 2)]]);
  const log = createLog(subject, {
    now: () => 42,
    object: (at) => stored.get(at),
    readyPods: (_, labels) => (labels['app'] === 'podinfo' ? 2 : 0),
  });
  const send: Send = async ({ method, url, body }) => {
    await new Promise((done) => setImmediate(done));
    if (method !== 'GET') stored.set(url.split('?')[0] ?? '', JSON.parse(body ?? 'null'));
    await new Promise((done) => setImmediate(done));
    return { status: 200, headers: { date: 'now' }, body: once(bytes('done')) };
  };
  return { log, send };
}

const put = (version: string): Wire => ({
  method: 'PUT',
  url: `${path}?fieldManager=canary`,
  headers: {},
  body: JSON.stringify({ metadata: { name: 'podinfo', resourceVersion: version } }),
});

describe('record', () => {
  test('notes a write with what was stored before and after', async () => {
    const { log, send } = server();
    const reply = await record(send, 'A', log)(put('7'), signal);
    expect(new TextDecoder().decode(await readAll(reply.body))).toBe('done');
    expect(log.entries).toEqual([
      {
        seq: 0,
        t: 42,
        sentAt: 0,
        actor: 'A',
        verb: 'PUT',
        path,
        query: 'fieldManager=canary',
        rvSent: '7',
        body: { metadata: { name: 'podinfo', resourceVersion: '7' } },
        status: 200,
        reply: '',
        before: deployment('podinfo', 'app:1', 2),
        after: { metadata: { name: 'podinfo', resourceVersion: '7' } },
        view: expect.objectContaining({ ready: { primary: 0, canary: 0 }, primary: undefined }),
      },
    ]);
  });

  test('notes how many pods were ready', async () => {
    const { log, send } = server();
    await record(send, 'A', log)({ method: 'GET', url: path, headers: {} }, signal);
    expect(log.entries[0]?.view.ready).toEqual({ primary: 0, canary: 2 });
  });

  test('keeps the writes of two drivers apart, so that each has its own before and after', async () => {
    const { log, send } = server();
    await Promise.all([record(send, 'A', log)(put('1'), signal), record(send, 'B', log)(put('2'), signal)]);
    const [first, second] = log.entries;
    expect([first?.actor, second?.actor]).toEqual(['A', 'B']);
    expect(second?.before).toEqual(first?.after);
    expect(second?.sentAt).toBe(1);
  });

  test('notes a request without an answer, and goes on after it', async () => {
    const { log, send } = server();
    const broken: Send = () => Promise.reject(new Error('reset'));
    await expect(record(broken, 'A', log)(put('1'), signal)).rejects.toThrow('reset');
    await record(send, 'A', log)(put('2'), signal);
    expect(log.entries.map(({ status }) => status)).toEqual([0, 200]);
  });

  test('notes the answers of the world outside, which come whenever they come', async () => {
    const { log } = server();
    const answer: Send = async ({ url }) => ({ status: 200, headers: {}, body: once(bytes(`answer of ${url}`)) });
    const reply = await record(
      answer,
      'http',
      log,
    )({ method: 'GET', url: 'http://prometheus:9090/api/v1/query?query=up', headers: {} }, signal);
    expect(new TextDecoder().decode(await readAll(reply.body))).toBe('answer of http://prometheus:9090/api/v1/query?query=up');
    expect(log.entries[0]).toMatchObject({
      actor: 'http',
      path: 'http://prometheus:9090/api/v1/query',
      query: 'query=up',
      status: 200,
      before: undefined,
    });
    expect(log.entries[0]?.reply).toContain('answer of');
  });

  test('takes the resourceVersion of a DELETE from its preconditions', async () => {
    const { log, send } = server();
    const body = JSON.stringify({ preconditions: { uid: 'u', resourceVersion: '9' } });
    await record(send, 'A', log)({ method: 'DELETE', url: path, headers: {}, body }, signal);
    expect(log.entries[0]?.rvSent).toBe('9');
  });
});

describe('paths', () => {
  const cases = [
    { path, place: { resource: 'apps/deployments', namespace: 'test', name: 'podinfo', subresource: '' } },
    { path: `${path}/scale`, place: { resource: 'apps/deployments', namespace: 'test', name: 'podinfo', subresource: 'scale' } },
    { path: '/api/v1/namespaces/test/services', place: { resource: 'services', namespace: 'test', name: '', subresource: '' } },
    { path: '/api/v1/namespaces/test', place: { resource: 'namespaces', namespace: '', name: 'test', subresource: '' } },
    { path: '/version', place: undefined },
    { path: '/apis/apps/v1', place: undefined },
  ];
  test.each(cases)('$path', ({ path: given, place }) => {
    expect(placeOf(given)).toEqual(place);
  });

  test('the object of a create is named in its body, that of a subresource in front of it', () => {
    expect(objectPath('/api/v1/namespaces/test/services', 'POST', { metadata: { name: 'podinfo' } })).toBe(
      '/api/v1/namespaces/test/services/podinfo',
    );
    expect(objectPath(`${path}/scale`, 'PATCH', {})).toBe(path);
  });
});
