// --set: values put into Canaries before they are checked, and what is said of them.
import { describe, expect, test } from '@jest/globals';
import { SpecError } from '../../src/errors.ts';
import { loadCanaries } from '../../src/spec/load.ts';
import type { Loaded } from '../../src/spec/load.ts';
import type { Canary } from '../../src/spec/types.ts';

const canaryFile = (name: string): string => `apiVersion: flagger.app/v1beta1
kind: Canary
metadata: { name: ${name} }
spec:
  targetRef: { apiVersion: apps/v1, kind: Deployment, name: ${name} }
  service: { port: 80, hosts: [a.example.com] }
  analysis:
    interval: 10s
    stepWeight: 10
    metrics:
      - name: request-success-rate
        thresholdRange: { min: 99 }
`;

function load(sets: string[], text = canaryFile('podinfo')): Loaded {
  return loadCanaries([{ name: 'a.yaml', text }], { defaultNamespace: 'test', sets });
}

function only(sets: string[]): Canary {
  const [canary] = load(sets).canaries;
  if (canary === undefined) throw new Error('no canary');
  return canary;
}

function problems(sets: string[], text?: string): readonly string[] {
  try {
    load(sets, text);
  } catch (error) {
    if (error instanceof SpecError) return error.problems;
    throw error;
  }
  return [];
}

describe('a value', () => {
  test('takes the place of what the file says, also in what is kept', () => {
    const canary = only([
      'spec.analysis.interval=30s',
      'spec.analysis.metrics[0].interval=2m',
      'spec.analysis.metrics[0].thresholdRange.min=95.5',
    ]);
    expect([canary.interval, canary.metrics[0]?.interval, canary.metrics[0]?.min]).toEqual([30_000, '2m', 95.5]);
    expect(canary.source).toMatchObject({ spec: { analysis: { interval: '30s' } } });
  });

  test('makes the mappings and lists on the way to it', () => {
    const canary = only(['spec.service.rewrite.uri=/', 'spec.service.hosts[1]=b.example.com', 'spec.service.gateways[0]=mesh']);
    expect(canary.service).toMatchObject({ rewrite: { uri: '/' }, hosts: ['a.example.com', 'b.example.com'], gateways: ['mesh'] });
  });

  test('is read as YAML: numbers, switches, quotes, = inside, nothing', () => {
    const canary = only([
      'spec.analysis.threshold=5',
      'spec.skipAnalysis=true',
      'metadata.annotations["example.com/note"]="1"',
      'metadata.annotations.expression=a=b',
      'spec.analysis.interval=',
    ]);
    const annotations = { 'example.com/note': '1', expression: 'a=b' };
    expect(canary).toMatchObject({ threshold: 5, interval: 60_000, strategy: { kind: 'skip' }, annotations });
  });

  test('goes into every Canary and into nothing else', () => {
    const other = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\n';
    const { canaries, others } = load(['spec.suspend=true'], [canaryFile('a'), canaryFile('b'), other].join('---\n'));
    expect(canaries.map(({ suspend }) => suspend)).toEqual([true, true]);
    expect(others[0]?.object).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } });
  });

  test('the last of two for one path wins', () => {
    expect(only(['spec.analysis.threshold=5', 'spec.analysis.threshold=7']).threshold).toBe(7);
  });

  test('uses the names of the version that the file is written in', () => {
    const old = canaryFile('podinfo').replace('v1beta1', 'v1alpha3').replace('analysis:', 'canaryAnalysis:');
    expect(load(['spec.canaryAnalysis.interval=30s'], old).canaries[0]?.interval).toBe(30_000);
    expect(problems(['spec.analysis.interval=30s'], old)).toEqual([
      expect.stringContaining('--set: spec.analysis: v1alpha3 calls it "canaryAnalysis"'),
    ]);
  });

  test('has the flag for its place, its neighbours have the file', () => {
    const canary = only(['spec.analysis.threshold=5']);
    expect([canary.where('spec.analysis.threshold'), canary.where('spec.analysis.stepWeight')]).toEqual(['--set', 'a.yaml:9:17']);
  });

  test('notes about it name the flag', () => {
    expect(load(['spec.analysis.threshold=0']).notes).toEqual(['--set: spec.analysis.threshold: 0 means 1, as in Flagger']);
    expect(load(['metadata.annotations.a=yes', 'metadata.annotations.b="yes"']).notes).toEqual([
      '--set: metadata.annotations.a: yes is read as text; kubectl reads it as true. Write true or "yes"',
    ]);
  });
});

describe('what is wrong is said with the flag and the path', () => {
  test.each([
    [
      'spec.analysis.interval=30',
      '--set: spec.analysis.interval: expected a duration such as 30s or 1m30s, got 30; write it with its unit: 30s',
    ],
    ['spec.analysis.intervall=30s', '--set: spec.analysis.intervall: unknown field; did you mean "interval"?'],
    ['spec.analyse.interval=30s', '--set: spec.analyse: unknown field'],
    [
      'spec.analysis.metrics[2].interval=30s',
      '--set: spec.analysis.metrics[2].interval: spec.analysis.metrics has 1 items; the next is [1]',
    ],
    ['spec.analysis.metrics.interval=30s', '--set: spec.analysis.metrics.interval: spec.analysis.metrics is no mapping'],
    ['spec.analysis[0]=30s', '--set: spec.analysis[0]: spec.analysis is no list'],
    ['spec.analysis.interval.x=1', '--set: spec.analysis.interval.x: spec.analysis.interval is no mapping'],
    ['spec.analysis.interval', '--set: expected path=value, such as spec.analysis.interval=30s, got "spec.analysis.interval"'],
    ['=1', '--set: expected path=value'],
    ['.spec.suspend=1', '--set: expected path=value'],
    ['spec..suspend=1', '--set: expected path=value'],
    ['spec.a b=1', '--set: expected path=value'],
    ['spec.x["\\q"]=1', '--set: expected path=value'],
    ['spec.hosts[99999999999999999999]=1', '--set: expected path=value'],
    ['kind=Deployment', '--set: kind: expected a path below spec or metadata'],
    ['spec=1', '--set: spec: expected a path below spec or metadata'],
    ['spec.__proto__.polluted=1', '--set: spec.__proto__.polluted: the key "__proto__" is refused'],
    ['metadata.constructor=1', '--set: metadata.constructor: the key "constructor" is refused'],
    ['spec.analysis.stepWeights=[5, 10]', '--set: spec.analysis.stepWeights: expected one plain value'],
    ['spec.metricsServer=a: b', '--set: spec.metricsServer: expected one plain value'],
    ['spec.metricsServer=@', '--set: spec.metricsServer: not valid YAML'],
    ['spec.metricsServer=1\n---\n2', '--set: spec.metricsServer: expected one plain value'],
    ['metadata.toString=1', '--set: metadata.toString: unknown field'],
  ])('%s', (set, problem) => {
    const said = problems([set]);
    expect([said.length, said[0]?.startsWith(problem) === true ? problem : said[0]]).toEqual([1, problem]);
  });

  test('once, however many Canaries meet it, and before the problems of files', () => {
    const text = [canaryFile('a'), canaryFile('b').replace('port: 80', 'port: 0')].join('---\n');
    expect(problems(['spec.analysis.interval=30'], text)).toEqual([
      expect.stringContaining('--set: spec.analysis.interval: expected a duration'),
      expect.stringContaining('a.yaml:19:20: spec.service.port'),
    ]);
  });

  test('and nothing of it reaches a prototype', () => {
    const before = Object.getOwnPropertyNames(Object.prototype).join();
    problems(['spec.__proto__.polluted=1', 'spec.constructor.prototype.polluted=1', 'spec["__proto__"].polluted=1']);
    expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(before);
  });
});
