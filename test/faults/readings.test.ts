// Small readings that the invariants rest on: answers of Prometheus and hooks, templates of copies, selectors.
import { describe, expect, test } from '@jest/globals';
import { isAbout, isGood } from './answers.ts';
import { selectedBy, stampOf } from './facts.ts';
import type { Entry } from './log.ts';
import { mirrorsTo, shareOf, weightOf } from './routes.ts';
import type { Wanted } from './setup.ts';
import { add, deployment, service, SETUP, tell, virtualService } from './story.ts';
import { codeOf, templateOf } from './templates.ts';
import { matched, mirrored } from './wrongs-strategies.ts';

const wanted: Wanted = { name: 'duration', is: 'metric', has: ['bucket', 'p99'], max: 500 };

function asked(sent: Partial<Entry>): Entry {
  const log = tell([
    { name: 'ask', run: (story) => add(story, { actor: 'http', verb: 'GET', path: 'http://prometheus/api/v1/query', ...sent }) },
  ]);
  const [entry] = log.entries;
  if (!entry) throw new Error('nothing was recorded');
  return entry;
}

describe('an answer of Prometheus', () => {
  const vector = (...values: unknown[]): string =>
    JSON.stringify({ status: 'success', data: { resultType: 'vector', result: values.map((value) => ({ value: [1, value] })) } });
  const cases: readonly { reply: string; good: boolean; status?: number }[] = [
    { reply: vector('499.5'), good: true },
    { reply: vector('500'), good: true },
    { reply: vector('0'), good: true },
    { reply: JSON.stringify({ status: 'success', data: { resultType: 'scalar', result: [1, '3'] } }), good: true },
    { reply: vector('500.1'), good: false },
    { reply: vector('NaN'), good: false },
    { reply: vector('-Inf'), good: false },
    { reply: vector(''), good: false },
    { reply: vector(12), good: false },
    { reply: vector(), good: false },
    { reply: vector('1', '2'), good: false },
    { reply: JSON.stringify({ status: 'error', error: 'parse' }), good: false },
    { reply: '<html>', good: false },
    { reply: vector('1'), status: 503, good: false },
    { reply: vector('1'), status: 0, good: false },
  ];
  test.each(cases)('$reply with status $status is good: $good', ({ reply, good, status }) => {
    expect(isGood(wanted, asked({ reply, status: status ?? 200 }))).toBe(good);
  });

  test('belongs to the question whose query has all its parts', () => {
    expect(isAbout(wanted, asked({ query: 'query=p99(bucket%7B%7D)' }))).toBe(true);
    expect(isAbout(wanted, asked({ query: 'query=p50(bucket)' }))).toBe(false);
    expect(isAbout(wanted, asked({ verb: 'POST', body: 'query=p99(bucket)' }))).toBe(true);
    expect(isAbout(wanted, asked({ actor: 'A', query: 'query=p99(bucket)' }))).toBe(false);
    expect(isAbout(wanted, asked({ path: 'http://prometheus/api/v1/status/flags', query: 'query=p99(bucket)' }))).toBe(false);
  });
});

describe('the template of a copy', () => {
  const of = (spec: object, metadata: object = {}): string => templateOf({ spec: { template: { metadata, spec } } });
  test('is that of the target but for its own names', () => {
    expect(templateOf(deployment('podinfo-primary', 'app:1', 3))).toBe(templateOf(deployment('podinfo', 'app:1', 2)));
    expect(of({ volumes: [{ name: 'v', configMap: { name: 'settings-primary-0a1b2c3d' } }] })).toBe(
      of({ volumes: [{ configMap: { name: 'settings' }, name: 'v' }] }),
    );
  });

  test('differs where images, settings or annotations do', () => {
    expect(templateOf(deployment('podinfo', 'app:1', 2))).not.toBe(templateOf(deployment('podinfo', 'app:2', 2)));
    expect(of({}, { annotations: { 'prometheus.io/scrape': 'true' } })).not.toBe(of({}));
    expect(of({}, { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } })).toBe(of({}));
    expect(templateOf(undefined)).toBe('');
  });
});

describe('what a workload runs', () => {
  const stored = new Map<string, object>();
  const code = (name: string): string => codeOf(deployment(name, 'app:1', 1), 'test', (path) => stored.get(path));
  const configmap = (name: string): string => `/api/v1/namespaces/test/configmaps/${name}`;
  test('is its template and the content of the config that it names', () => {
    stored.set(configmap('podinfo'), { data: { A: '1' } });
    stored.set(configmap('podinfo-primary'), { data: { A: '1' } });
    expect(code('podinfo-primary')).toBe(code('podinfo'));
    stored.set(configmap('podinfo'), { data: { A: '2' } });
    expect(code('podinfo-primary')).not.toBe(code('podinfo'));
    stored.set(configmap('podinfo'), { data: { A: '3' }, metadata: { annotations: { 'flagger.app/config-tracking': 'disabled' } } });
    stored.delete(configmap('podinfo-primary'));
    expect(code('podinfo-primary')).toBe(code('podinfo'));
    expect(codeOf(undefined, 'test', () => undefined)).toBe('');
  });
});

describe('traffic', () => {
  const view = {
    record: undefined,
    target: deployment('podinfo', 'app:1', 1),
    primary: deployment('podinfo-primary', 'app:1', 1),
    apex: undefined,
    route: undefined,
    ready: { primary: 1, canary: 1 },
    code: { primary: '', canary: '' },
  };
  test('goes where a selector fits the labels of the pods', () => {
    expect(selectedBy(service('podinfo'), view)).toEqual(['canary']);
    expect(selectedBy(service('podinfo-primary'), view)).toEqual(['primary']);
    expect(selectedBy(service('other'), view)).toEqual([]);
    expect(selectedBy({ spec: { selector: {} } }, view)).toEqual([]);
  });

  test('goes where a rule gives weight', () => {
    expect(weightOf(virtualService(30), `${SETUP.apex}-canary`)).toBe(30);
    expect(
      weightOf({ spec: { http: [{ route: [{ destination: { host: 'podinfo-canary.test.svc.cluster.local' } }] }] } }, 'podinfo-canary'),
    ).toBe(100);
    expect(weightOf(undefined, 'podinfo-canary')).toBe(0);
  });

  test('is told apart from what only some are led to, and from copies', () => {
    expect([weightOf(matched, 'podinfo-canary'), shareOf(matched, 'podinfo-canary')]).toEqual([100, 0]);
    // One destination has everything, whatever is written on it.
    expect([weightOf(matched, 'podinfo-primary'), shareOf(matched, 'podinfo-primary')]).toEqual([100, 100]);
    expect([mirrorsTo(mirrored(0), 'podinfo-canary'), mirrorsTo(mirrored(0), 'podinfo-primary')]).toEqual([true, false]);
    expect(mirrorsTo(virtualService(30), 'podinfo-canary')).toBe(false);
    const tcp = { spec: { tcp: [{ route: [{ destination: { host: 'podinfo-canary' }, weight: 30 }, { destination: { host: 'x' } }] }] } };
    expect([weightOf(tcp, 'podinfo-canary'), shareOf(tcp, 'podinfo-canary')]).toEqual([30, 30]);
  });

  test('a stamp is a whole number or none', () => {
    expect([
      stampOf(virtualService(0, 100, 4)),
      stampOf({ metadata: { labels: { 'canary.run/epoch': 'x' } } }),
      stampOf(undefined),
    ]).toEqual([4, 0, 0]);
  });
});
