// References of a canary are found in the files or the cluster before anything is written; what is missing is named with its place.
import { describe, expect, test } from '@jest/globals';
import type { Canary, Metric, Ref } from '../../src/contracts.ts';
import { ForbiddenError, PreflightError } from '../../src/errors.ts';
import type { Objects } from '../../src/kube/objects.ts';
import { withReferences, type ReferenceSources } from '../../src/runner/references.ts';
import { secretReader } from '../../src/runner/secrets.ts';
import type { Library } from '../../src/spec/library.ts';
import type { AlertService, AlertTarget, Template } from '../../src/spec/types.ts';
import { canaryOf, foundOf, objectsOf } from '../support/found.ts';

const never = new AbortController().signal;

const cluster = objectsOf(`
apiVersion: flagger.app/v1beta1
kind: MetricTemplate
metadata: {name: latency, namespace: metrics, uid: uid-1, resourceVersion: '7', generation: 1, managedFields: []}
spec:
  provider: {type: prometheus, address: 'http://other:9090', secretRef: {name: prom}, headers: {X-Org: [a]}}
  query: lat{ns="{{ namespace }}", d="{{ variables.d }}"}
---
apiVersion: flagger.app/v1beta1
kind: MetricTemplate
metadata: {name: dogs, namespace: metrics}
spec: {provider: {type: datadog}, query: 'avg:x{*}'}
---
apiVersion: flagger.app/v1beta1
kind: MetricTemplate
metadata: {name: broken, namespace: metrics}
spec: {provider: {type: prometheus, address: 'not an address'}, query: up}
---
apiVersion: flagger.app/v1beta1
kind: AlertProvider
metadata: {name: chat, namespace: alerts}
spec: {type: slack, channel: blue, secretRef: {name: slack}}
---
apiVersion: v1
kind: Secret
metadata: {name: prom, namespace: metrics}
data: {token: dDBrZW4=}
---
apiVersion: v1
kind: Secret
metadata: {name: slack, namespace: alerts}
data: {address: aHR0cHM6Ly9ob29rcy50ZXN0, token: ''}
---
apiVersion: v1
kind: Secret
metadata: {name: half, namespace: metrics}
data: {username: YW5h}
---
apiVersion: v1
kind: Secret
metadata: {name: bare, namespace: alerts}
data: {token: dDBrZW4=}
`);

interface Files {
  templates?: Record<string, Partial<Template>>;
  services?: Record<string, Partial<AlertService>>;
  notServed?: string[];
  forbidden?: string[];
}

interface Sources extends ReferenceSources {
  /** What was looked at, in order. */
  looks: string[];
}

function sources({ templates = {}, services = {}, notServed = [], forbidden = [] }: Files = {}): Sources {
  const looks: string[] = [];
  const objects = (namespace: string): Objects => {
    const found = foundOf(
      cluster.filter(({ metadata }) => metadata.namespace === namespace),
      notServed,
    );
    const get = (ref: Ref) => {
      looks.push(`${ref.kind} ${namespace}/${ref.name}`);
      return Promise.resolve(forbidden.includes(ref.kind) ? { is: 'forbidden' as const, rule: `{${ref.kind}}` } : found.one(ref));
    };
    return { get } as unknown as Objects;
  };
  const library: Library = {
    template: (namespace, name) => {
      const found = templates[`${namespace}/${name}`];
      return found && { type: 'prometheus', query: 'up', headers: {}, insecure: false, ...found };
    },
    alertService: (namespace, name) => {
      const found = services[`${namespace}/${name}`];
      return found && { type: 'slack', channel: 'general', username: 'flagger', ...found };
    },
  };
  return { library, objects, signal: never, looks };
}

function templated(name: string, variables: Record<string, string> = { d: 'in' }, where = 'canary.yaml:38:11'): Metric {
  return { name: 'm', source: { kind: 'template', ref: { name, namespace: 'metrics' }, variables }, interval: '1m', where };
}

function alertTo(name: string): AlertTarget {
  return { name, severity: 'info', ref: { name, namespace: 'alerts' }, where: 'canary.yaml:50:7' };
}

async function refusal(canary: Partial<Canary>, files: Files = {}): Promise<string> {
  const error: unknown = await withReferences(canaryOf(canary), sources(files)).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(PreflightError);
  return error instanceof PreflightError && error.exitCode === 6 ? error.message : '';
}

describe('what is found', () => {
  test('comes from the cluster, with the names of the keys of its Secret', async () => {
    const { canary, secrets } = await withReferences(canaryOf({ metrics: [templated('latency')], alerts: [alertTo('chat')] }), sources());
    expect(canary.metrics[0]?.source).toMatchObject({
      found: { type: 'prometheus', address: 'http://other:9090', secret: 'prom', headers: { 'X-Org': ['a'] }, insecure: false },
    });
    expect(canary.alerts[0]?.found).toEqual({ type: 'slack', channel: 'blue', username: 'flagger', secret: 'slack' });
    // An empty value is none.
    expect([...secrets]).toEqual([
      ['metrics/prom', ['token']],
      ['alerts/slack', ['address']],
    ]);
    expect(JSON.stringify([canary, [...secrets]])).not.toMatch(/dDBrZW4|t0ken|aHR0c|hooks\.test/);
  });

  test('comes from the files first, and then the cluster is not asked', async () => {
    const from = sources({
      templates: { 'metrics/latency': { query: 'mine' } },
      services: { 'alerts/chat': { address: 'https://mine.test' } },
    });
    const { canary, secrets } = await withReferences(canaryOf({ metrics: [templated('latency')], alerts: [alertTo('chat')] }), from);
    expect(canary.metrics[0]?.source).toHaveProperty('found.query', 'mine');
    expect(canary.alerts[0]?.found).toHaveProperty('address', 'https://mine.test');
    expect(from.looks).toEqual([]);
    expect(secrets.size).toBe(0);
  });

  test('is looked at once, however often it is named', async () => {
    const from = sources();
    await withReferences(canaryOf({ metrics: [templated('latency'), templated('latency')] }), from);
    expect(from.looks).toEqual(['MetricTemplate metrics/latency', 'Secret metrics/prom']);
  });

  test('is left out where nothing is referred to, and the canary given stays as it was', async () => {
    const inline: Metric = { name: 'i', source: { kind: 'query', query: 'up{a="{{ target }}"}' }, interval: '1m', where: '' };
    const builtin: Metric = { name: 'request-duration', source: { kind: 'builtin' }, interval: '1m', where: '' };
    const given = canaryOf({ metrics: [inline, builtin, templated('latency')] });
    const from = sources();
    const { canary } = await withReferences(given, from);
    expect(canary.metrics.slice(0, 2)).toEqual([inline, builtin]);
    expect(given.metrics[2]?.source).not.toHaveProperty('found');
  });

  test('may be a chat with an address beside a Secret with the token alone', async () => {
    const from = sources({ services: { 'alerts/chat': { address: 'https://chat.test', secret: 'bare' } } });
    const { secrets } = await withReferences(canaryOf({ alerts: [alertTo('chat')] }), from);
    expect(secrets.get('alerts/bare')).toEqual(['token']);
  });
});

describe('refused before anything is written', () => {
  const template = (found: Partial<Template>): Files => ({ templates: { 'metrics/latency': found } });
  const service = (found: Partial<AlertService>): Files => ({ services: { 'alerts/chat': found } });
  const latency = { metrics: [templated('latency')] };
  const chat = { alerts: [alertTo('chat')] };

  test.each<[string, Partial<Canary>, Files, string]>([
    [
      'a template that is nowhere',
      { metrics: [templated('gone')] },
      {},
      'MetricTemplate gone in namespace metrics is not among the files given, and not in the cluster (canary.yaml:38:11)',
    ],
    [
      'a kind that is not served',
      latency,
      { notServed: ['MetricTemplate'] },
      'MetricTemplate latency in namespace metrics is not among the files given, and the cluster serves no MetricTemplate (canary.yaml:38:11)',
    ],
    [
      'a template that is not valid',
      { metrics: [templated('broken')] },
      {},
      'MetricTemplate broken in namespace metrics is not valid: spec.provider.address',
    ],
    [
      'a provider that is not driven',
      { metrics: [templated('dogs')] },
      {},
      'MetricTemplate dogs in namespace metrics is of type datadog, which is not driven yet; driven: prometheus (canary.yaml:38:11)',
    ],
    [
      'a Secret that is not there',
      latency,
      template({ secret: 'gone' }),
      'Secret gone in namespace metrics is not there; MetricTemplate latency in namespace metrics needs it (canary.yaml:38:11)',
    ],
    [
      'a Secret that lets nobody in',
      latency,
      template({ secret: 'half' }),
      'Secret half in namespace metrics has neither token nor username and password; MetricTemplate latency in namespace metrics needs them (canary.yaml:38:11)',
    ],
    [
      'a variable that is missing',
      { metrics: [templated('latency', {})] },
      {},
      'metric m: templateVariables has no "d" (line 1, column 33 of the query) (canary.yaml:38:11)',
    ],
    [
      'an inline query that is none',
      { metrics: [{ ...templated('x'), source: { kind: 'query', query: '{{ if name }}' } }] },
      {},
      'metric m: if is not spoken here: a query is one expression (line 1, column 4 of the query) (canary.yaml:38:11)',
    ],
    [
      'a chat that is nowhere',
      { alerts: [alertTo('gone')] },
      {},
      'AlertProvider gone in namespace alerts is not among the files given, and not in the cluster (canary.yaml:50:7)',
    ],
    [
      'a chat of an unknown type',
      chat,
      service({ type: 'pager', address: 'http://x' }),
      'AlertProvider chat in namespace alerts is of type pager, which is not driven (canary.yaml:50:7)',
    ],
    ['a chat without an address', chat, service({}), 'AlertProvider chat in namespace alerts has no address (canary.yaml:50:7)'],
    [
      'a Secret of a chat without an address',
      chat,
      service({ secret: 'bare' }),
      'AlertProvider chat in namespace alerts has no address, and its Secret bare has no key address (canary.yaml:50:7)',
    ],
    [
      'a Secret of a chat that is not there',
      chat,
      service({ secret: 'gone' }),
      'Secret gone in namespace alerts is not there; AlertProvider chat in namespace alerts needs it (canary.yaml:50:7)',
    ],
  ])('%s', async (_what, canary, files, message) => {
    expect(await refusal(canary, files)).toContain(message);
  });

  test('everything at once, each with its place', async () => {
    const metrics = [templated('gone'), templated('dogs', {}, 'canary.yaml:44:11')];
    const lines = (await refusal({ metrics, alerts: [alertTo('gone')] })).split('\n');
    expect(lines.map((line) => /\(([^()]*)\)$/.exec(line)?.[1])).toEqual(['canary.yaml:38:11', 'canary.yaml:44:11', 'canary.yaml:50:7']);
  });

  test.each(['MetricTemplate', 'Secret'])('a %s that may not be looked at, with the rule to add', async (kind) => {
    const error: unknown = await withReferences(canaryOf(latency), sources({ forbidden: [kind] })).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ForbiddenError);
    expect(error).toMatchObject({ exitCode: 4, hint: `add the rule {${kind}}` });
    expect(String(error)).toMatch(new RegExp(`${kind} \\S+ in namespace metrics \\(canary.yaml:38:11\\)`));
  });
});

describe('a value of a Secret', () => {
  const secret = (name: string, namespace = 'metrics'): Ref => ({ apiVersion: 'v1', kind: 'Secret', namespace, name });

  test('is read when it is asked for, afresh each time', async () => {
    const from = sources();
    const read = secretReader(from.objects, never);
    expect(await read(secret('prom'), 'token')).toBe('t0ken');
    expect(await read(secret('slack', 'alerts'), 'address')).toBe('https://hooks.test');
    await read(secret('prom'), 'token');
    expect(from.looks).toEqual(['Secret metrics/prom', 'Secret alerts/slack', 'Secret metrics/prom']);
  });

  test('shares its read with others of the same Secret', async () => {
    const from = sources();
    const read = secretReader(from.objects, never);
    await Promise.all([read(secret('prom'), 'token'), read(secret('prom'), 'token')]);
    expect(from.looks).toHaveLength(1);
  });

  test.each([
    [secret('gone'), 'token', {}, 'Secret gone is not there in namespace metrics'],
    [secret('half'), 'password', {}, 'Secret half in namespace metrics has no key password'],
    [secret('slack', 'alerts'), 'token', {}, 'Secret slack in namespace alerts has no key token'],
    [secret('prom'), 'token', { forbidden: ['Secret'] }, 'not allowed to read Secret prom in namespace metrics: add the rule {Secret}'],
  ])('that cannot be had says why, without a value', async (ref, key, files, message) => {
    await expect(secretReader(sources(files).objects, never)(ref, key)).rejects.toThrow(message);
  });
});
