// What the docs promise: generated tables are those of the code, links lead somewhere, commands that are shown exist, and what is said to be
// driven or refused is.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import yaml from 'js-yaml';
import { commands } from '../../src/cli/commands/index.ts';
import { commonFlags } from '../../src/cli/flags.ts';
import { parse } from '../../src/cli/program.ts';
import { SpecError } from '../../src/errors.ts';
import { exitCodes } from '../../src/runner/exit.ts';
import { fieldRows, flaggerKinds } from '../../src/spec/documents.ts';
import { loadCanaries } from '../../src/spec/load.ts';
import { fakeIo } from '../cli/fake-io.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

type Pages = Readonly<Record<string, string>>;
interface Generator {
  factsOf(modules: object): object;
  pages(facts: object, read?: (file: string) => string): Pages;
  outdated(wanted: Pages, read?: (file: string) => string): string[];
}

const generator = (await import(join(root, 'tools/docs.mjs'))) as Generator;
const facts = generator.factsOf({ fieldRows, flaggerKinds, commands, commonFlags, exitCodes });

/** Everything but what is installed, built or git's own. */
function filesUnder(folder = root): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (['node_modules', 'dist', '.git', 'coverage', '.cache'].includes(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [relative(root, path)];
  });
}

const files = filesUnder();
const written = files.filter((file) => file.endsWith('.md'));

describe('generated tables', () => {
  test('are up to date', () => {
    expect(generator.outdated(generator.pages(facts))).toEqual([]);
  });

  test('are missed by name when a fact changes that they show', () => {
    const more = { ...facts, exitCodes: [...exitCodes, { code: 99, meaning: 'something else', traffic: 'untouched' }] };
    expect(generator.outdated(generator.pages(more))).toEqual(['docs/exit-codes.md', 'README.md']);
  });

  test('hold every field, command, flag and exit code', () => {
    const { 'docs/spec.md': spec = '', 'docs/commands.md': words = '', 'README.md': readme = '' } = generator.pages(facts);
    for (const { path } of fieldRows()) expect(spec).toContain(`${path.split('.').at(-1)}\``);
    for (const { name, flags } of commands)
      for (const text of [`## canary ${name}\n`, ...flags.map((flag) => flag.flags)]) expect(words).toContain(text);
    for (const { code, meaning } of exitCodes) expect(readme).toContain(`| ${code} | ${meaning} |`);
  });
});

describe('what is shown', () => {
  test('pages are found', () => {
    expect(written).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/design.md', 'docs/state.md', 'bench/README.md']));
  });

  test('every npm script exists', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const shown = written.flatMap((file) =>
      [...read(file).matchAll(/npm (?:run )?(?:--silent )?(test|(?<=run )[a-z:]+)/g)].map((match) => match[1] ?? ''),
    );
    expect(shown).toEqual(expect.arrayContaining(['demo', 'test', 'docs', 'bench']));
    expect(shown.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  test('every link leads to a file', () => {
    const dead = written.flatMap((file) =>
      [...read(file).matchAll(/\]\(([^)#\s]+)\)/g)]
        .map((match) => match[1] ?? '')
        .filter((target) => !/^https?:/.test(target) && !existsSync(join(root, dirname(file), target)))
        .map((target) => `${file}: ${target}`),
    );
    expect(dead).toEqual([]);
  });

  test('every command line is one that the program takes', () => {
    const lines = written.flatMap((file) =>
      [...read(file).matchAll(/^(?: {4}|.*run: )(?:exec )?canary (.+)$/gm)].map((match) => match[1] ?? ''),
    );
    const usage = lines.filter((line) => !line.includes('[') && !line.includes('<'));
    expect(usage.length).toBeGreaterThan(20);
    for (const line of usage) {
      const words = (line.split(/ [|#] /)[0] ?? '')
        .replace(/\$\{\{[^}]*\}\}/g, 'tag')
        .trim()
        .split(/\s+/);
      const parsed = parse(words, fakeIo());
      expect([line, parsed.is === 'call' ? 0 : parsed.exitCode]).toEqual([line, 0]);
    }
  });

  test('examples are valid, and the file in the README is', () => {
    const names = files.filter((file) => file.startsWith('examples/') && file.endsWith('.yaml'));
    const { canaries } = loadCanaries(
      names.map((name) => ({ name, text: read(name) })),
      { defaultNamespace: 'default' },
    );
    expect(canaries.map(({ name }) => name)).toEqual(['podinfo']);
    const shown = [...read('README.md').matchAll(/```yaml\n(apiVersion[^]*?)```/g)].map((match) => match[1] ?? '');
    expect(shown).toHaveLength(1);
    expect(loadCanaries([{ name: 'README', text: shown[0] ?? '' }], { defaultNamespace: 'default' }).canaries).toHaveLength(1);
  });

  test('no file names a place of some machine or a registry', () => {
    const places = ['work', 'root', 'home'].map((name) => `/${name}/`);
    const found = files.flatMap((file) => {
      const text = read(file);
      return places.filter((place) => new RegExp(`(^|[^\\w.-])${place}`, 'm').test(text)).map((place) => `${file}: ${place}`);
    });
    expect(found).toEqual([]);
    expect(read('package-lock.json')).not.toContain('"resolved"');
  });
});

/** What the pages say of values: taken as they are, or refused by name. */
describe('driven and not driven', () => {
  const base = {
    apiVersion: 'flagger.app/v1beta1',
    kind: 'Canary',
    metadata: { name: 'podinfo' },
    spec: {
      provider: 'istio',
      targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' },
      service: { port: 80 },
      analysis: { stepWeight: 10, metrics: [{ name: 'request-success-rate', thresholdRange: { min: 99 } }] },
    },
  };

  function problemsOf(change: (spec: Record<string, Record<string, unknown>>) => unknown): string {
    const file = structuredClone(base);
    change(file.spec as never);
    try {
      loadCanaries([{ name: 'a.yaml', text: yaml.dump(file) }], { defaultNamespace: 'default' });
      return '';
    } catch (error) {
      if (error instanceof SpecError) return error.problems.join('\n');
      throw error;
    }
  }

  const hook = (type: string): object => ({ name: 'a', type, url: 'http://example.com' });
  const scaler = (apiVersion: string, kind: string): object => ({ apiVersion, kind, name: 'podinfo' });

  test.each([
    ['istio with weights', () => undefined],
    ['istio with stepWeightPromotion', (spec) => (spec['analysis']!['stepWeightPromotion'] = 20)],
    ['kubernetes with iterations', (spec) => Object.assign(spec, { provider: 'kubernetes', analysis: { iterations: 5 } })],
    [
      'kubernetes with appProtocol tcp',
      (spec) => Object.assign(spec, { provider: 'kubernetes', analysis: { iterations: 5 }, service: { port: 80, appProtocol: 'tcp' } }),
    ],
    ['a HorizontalPodAutoscaler', (spec) => Object.assign(spec, { autoscalerRef: scaler('autoscaling/v2', 'HorizontalPodAutoscaler') })],
    ['a rollout webhook', (spec) => (spec['analysis']!['webhooks'] = [hook('rollout')])],
    ['a pre-rollout webhook', (spec) => (spec['analysis']!['webhooks'] = [hook('pre-rollout')])],
    ['an interval of 1s', (spec) => (spec['analysis']!['interval'] = '1s')],
  ] as [string, Parameters<typeof problemsOf>[0]][])('%s is taken', (_, change) => {
    expect(problemsOf(change)).toBe('');
  });

  test.each([
    ['another provider', (spec) => Object.assign(spec, { provider: 'nginx' })],
    ['a DaemonSet', (spec) => (spec['targetRef']!['kind'] = 'DaemonSet')],
    ['KEDA', (spec) => Object.assign(spec, { autoscalerRef: scaler('keda.sh/v1alpha1', 'ScaledObject') })],
    ['iterations on istio', (spec) => Object.assign(spec, { analysis: { iterations: 5 } })],
    ['appProtocol tcp on istio', (spec) => (spec['service']!['appProtocol'] = 'tcp')],
    ['A/B testing', (spec) => (spec['analysis']!['match'] = [{ headers: {} }])],
    ['mirroring', (spec) => (spec['analysis']!['mirror'] = true)],
    ['session affinity', (spec) => (spec['analysis']!['sessionAffinity'] = { cookieName: 'a' })],
    [
      'a metric template',
      (spec) => (spec['analysis']!['metrics'] = [{ name: 'a', templateRef: { name: 'a' }, thresholdRange: { min: 1 } }]),
    ],
    ['an inline query', (spec) => (spec['analysis']!['metrics'] = [{ name: 'a', query: 'up', thresholdRange: { min: 1 } }])],
    ['a gate', (spec) => (spec['analysis']!['webhooks'] = [hook('confirm-promotion')])],
    ['an event webhook', (spec) => (spec['analysis']!['webhooks'] = [hook('event')])],
    ['alerts', (spec) => (spec['analysis']!['alerts'] = [{ name: 'a', providerRef: { name: 'a' } }])],
    ['skipAnalysis', (spec) => Object.assign(spec, { skipAnalysis: true })],
    ['revertOnDeletion', (spec) => Object.assign(spec, { revertOnDeletion: true })],
    ['headers', (spec) => (spec['service']!['headers'] = { request: { set: { a: 'b' } } })],
    ['retries', (spec) => (spec['service']!['retries'] = { attempts: 3 })],
    ['a timeout', (spec) => (spec['service']!['timeout'] = '15s')],
    ['a CORS policy', (spec) => (spec['service']!['corsPolicy'] = { allowMethods: ['GET'] })],
  ] as [string, Parameters<typeof problemsOf>[0]][])('%s is refused by name', (_, change) => {
    expect(problemsOf(change)).toMatch(/(is|are) not driven yet by this version/);
  });

  test('weights on kubernetes, no steps and no iterations, and a metric without bounds are refused', () => {
    expect(problemsOf((spec) => Object.assign(spec, { provider: 'kubernetes' }))).toContain('cannot split traffic');
    expect(problemsOf((spec) => Object.assign(spec, { analysis: { metrics: [] } }))).toContain('nothing says how to step');
    expect(problemsOf((spec) => (spec['analysis']!['metrics'] = [{ name: 'request-duration' }]))).toContain('no bounds');
  });
});
