// Templates and chats: from files and from objects of a cluster, held to the same fields.
import { describe, expect, test } from '@jest/globals';
import { alertServiceFrom, libraryOf, templateFrom } from '../../src/spec/library.ts';
import type { OtherDocument } from '../../src/spec/load.ts';
import type { JsonObject } from '../../src/spec/types.ts';

function document(kind: string, spec: JsonObject, namespace?: string): OtherDocument {
  const metadata = { name: 'a', ...(namespace === undefined ? {} : { namespace }) };
  const apiVersion = 'flagger.app/v1beta1';
  return { apiVersion, kind, ...metadata, where: 'a.yaml:1:1', object: { apiVersion, kind, metadata, spec } };
}

const template = { provider: { type: 'prometheus', address: 'http://prometheus:9090' }, query: 'up' };
const chat = { type: 'slack', address: 'http://slack/' };

describe('a library', () => {
  const library = libraryOf(
    [
      document('MetricTemplate', template),
      document('MetricTemplate', { ...template, query: 'down' }, 'shared'),
      document('AlertProvider', chat),
    ],
    'test',
  );

  test('finds by namespace and name; a document without a namespace is in the default one', () => {
    expect(library.template('test', 'a')?.query).toBe('up');
    expect(library.template('shared', 'a')?.query).toBe('down');
    expect(library.alertService('test', 'a')?.address).toBe('http://slack/');
  });

  test('finds neither what it does not hold nor the other kind', () => {
    const missing = [library.template('other', 'a'), library.template('test', 'b'), library.alertService('shared', 'a')];
    expect(missing).toEqual([undefined, undefined, undefined]);
  });

  test('takes nothing from a kind of that name in another API', () => {
    const foreign = { ...document('MetricTemplate', template), apiVersion: 'example.com/v1' };
    expect(libraryOf([foreign], 'test').template('test', 'a')).toBeUndefined();
  });
});

describe('a template of a cluster', () => {
  const object = (spec: JsonObject): JsonObject => ({
    ...document('MetricTemplate', spec, 'test').object,
    metadata: {
      name: 'a',
      namespace: 'test',
      uid: 'u',
      resourceVersion: '1',
      managedFields: [{}],
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    status: {},
  });

  test('with everything', () => {
    const provider = { type: 'datadog', address: '', secretRef: { name: 's' }, headers: { A: ['1', '2'] }, insecureSkipVerify: true };
    const expected = { type: 'datadog', query: 'q', secret: 's', headers: { A: ['1', '2'] }, insecure: true };
    expect(templateFrom(object({ provider, query: 'q' }))).toEqual(expected);
  });

  test('with the least', () => {
    const least = { type: 'prometheus', query: 'up', headers: {}, insecure: false };
    expect(templateFrom(object({ provider: { type: 'prometheus' }, query: 'up' }))).toEqual(least);
  });

  test.each<[JsonObject, string]>([
    [{ query: 'up' }, 'spec.provider: missing'],
    [{ provider: { type: 'prom' }, query: 'up' }, 'spec.provider.type: expected one of'],
    [{ provider: { type: 'prometheus', adress: 'x' }, query: 'up' }, 'spec.provider.adress: unknown field'],
    [{ provider: { type: 'prometheus', address: 'prometheus' }, query: 'up' }, 'spec.provider.address: expected a URL'],
    [{ provider: { type: 'prometheus', headers: { A: ['x\r\nB: y'] } }, query: 'up' }, 'spec.provider.headers: expected values'],
  ])('refused: %j', (spec, why) => {
    expect(templateFrom(object(spec))).toEqual({ why: expect.stringContaining(why) });
  });

  test('that is no object of Kubernetes at all is refused', () => {
    expect(templateFrom({})).toEqual({ why: expect.stringContaining('apiVersion: missing') });
  });
});

describe('a chat of a cluster', () => {
  const object = (spec: JsonObject): JsonObject => document('AlertProvider', spec).object;

  test('has the usual channel and name when it says none', () => {
    const usual = { type: 'slack', channel: 'general', username: 'flagger', address: 'http://slack/' };
    expect(alertServiceFrom(object(chat))).toEqual(usual);
    expect(alertServiceFrom(object({ ...chat, channel: '', username: '' }))).toEqual(usual);
  });

  test('keeps what it says', () => {
    const spec = { type: 'gchat', channel: 'c', username: 'u', secretRef: { name: 's' }, proxy: 'http://proxy:3128' };
    expect(alertServiceFrom(object(spec))).toEqual({ type: 'gchat', channel: 'c', username: 'u', secret: 's', proxy: 'http://proxy:3128' });
  });

  test('an address that is no URL is refused and not shown', () => {
    const answer = alertServiceFrom(object({ type: 'slack', address: 'hooks.example.com/planted' }));
    expect(answer).toEqual({ why: expect.stringContaining('spec.address: expected a URL') });
    expect(JSON.stringify(answer)).not.toContain('planted');
  });

  test.each<[JsonObject, string]>([
    [{ type: 'slack' }, 'spec: nothing says where alerts go'],
    [{ type: 'slack', address: '' }, 'spec: nothing says where alerts go'],
    [{ type: 'pager', address: 'http://x/' }, 'spec.type: expected one of'],
  ])('refused: %j', (spec, why) => {
    expect(alertServiceFrom(object(spec))).toEqual({ why: expect.stringContaining(why) });
  });
});
