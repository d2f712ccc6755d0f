// What the docs promise: generated tables are those of the code, links lead somewhere, commands that are shown exist, and what is said to be
// driven or refused is.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import yaml from 'js-yaml';
import { commands } from '../../src/cli/commands/index.ts';
import { commonFlags } from '../../src/cli/flags.ts';
import { parse } from '../../src/cli/program.ts';
import { alertProviders } from '../../src/alerts/index.ts';
import { SpecError } from '../../src/errors.ts';
import { functionNames } from '../../src/metrics/template/evaluate.ts';
import { routers } from '../../src/routers/index.ts';
import { exitCodes } from '../../src/runner/exit.ts';
import { known } from '../../src/sandbox/prom/promql/calls.ts';
import { analysisFields } from '../../src/spec/analysis.ts';
import { fieldRows, flaggerKinds } from '../../src/spec/documents.ts';
import { loadCanaries } from '../../src/spec/load.ts';
import { routerAbilities } from '../../src/spec/providers.ts';
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
const facts = generator.factsOf({ fieldRows, flaggerKinds, commands, commonFlags, exitCodes, routerAbilities });

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

  test('say of every router what it says of itself', () => {
    const { 'docs/strategies.md': strategies = '' } = generator.pages(facts);
    const said = (is: boolean): string => (is ? 'yes' : 'no');
    for (const { ids, can } of routers) {
      const cells = [can.split, can.mirror, true, can.mirror, can.match, can.affinity, true].map(said);
      expect(strategies).toContain(`| \`${ids[0]}\` | ${cells.join(' | ')} |`);
    }
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

  test('every example holds a valid Canary, and so does the README', () => {
    const ofCanaries = files.filter((file) => file.startsWith('examples/') && file.endsWith('.yaml') && /^kind: Canary$/m.test(read(file)));
    const folders = files.filter((file) => /^examples\/[^/]+\/README\.md$/.test(file)).map(dirname);
    expect(folders).toContain('examples/podinfo');
    expect(folders.filter((folder) => !ofCanaries.some((file) => file.startsWith(`${folder}/`)))).toEqual([]);
    const load = (name: string, text: string) => loadCanaries([{ name, text }], { defaultNamespace: 'default' }).canaries;
    for (const file of ofCanaries) expect(load(file, read(file))).not.toHaveLength(0);
    const shown = [...read('README.md').matchAll(/```yaml\n(apiVersion[^]*?)```/g)].map((match) => match[1] ?? '');
    expect(shown).toHaveLength(1);
    expect(load('README', shown[0] ?? '')).toHaveLength(1);
  });

  test('no file names a place of some machine or a registry', () => {
    // Ana is nobody: she stands where a reader's own folder would.
    const places = ['work/', 'root/', 'home/(?!ana/)'].map((name) => `/${name}`);
    const found = files.flatMap((file) => {
      const text = read(file);
      return places.filter((place) => new RegExp(`(^|[^\\w.-])${place}`, 'm').test(text)).map((place) => `${file}: ${place}`);
    });
    expect(found).toEqual([]);
    expect(read('package-lock.json')).not.toContain('"resolved"');
  });
});

describe('pages about parts', () => {
  const word = (text: string): string => `\`${text}\``;

  test('alerts: every chat, and no other', () => {
    const named = [...read('docs/alerts.md').matchAll(/^\| `([a-z]+)` \|/gm)].map((match) => match[1] ?? '');
    expect(named.sort()).toEqual(alertProviders.flatMap(({ ids }) => ids).sort());
  });

  test('metrics: every function of templates', () => {
    const page = read('docs/metrics.md');
    for (const name of functionNames()) expect(page).toMatch(new RegExp(`\`${name}[\` .]`));
  });

  test('webhooks: every type', () => {
    const types = analysisFields.webhooks.item?.fields?.['type']?.type.split(' | ') ?? [];
    const page = read('docs/webhooks.md');
    expect(types.length).toBeGreaterThan(7);
    for (const type of types) expect(page).toContain(`| ${word(type)}`);
  });

  test('routers: every provider', () => {
    const page = read('docs/routers.md');
    for (const id of Object.keys(routerAbilities)) expect(page).toMatch(new RegExp(`^## .*\\b${id}\\b`, 'm'));
  });

  test('sandbox: PromQL functions that it knows', () => {
    const [, list = ''] = /^Functions: ([^]*?)\. Aggregations/m.exec(read('docs/sandbox.md')) ?? [];
    const names = [...list.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? '');
    expect(names).toEqual(expect.arrayContaining(['rate', 'histogram_quantile']));
    expect(names.filter((name) => !known(name))).toEqual([]);
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
    ['iterations on istio', (spec) => Object.assign(spec, { analysis: { iterations: 5 } })],
    ['appProtocol tcp on istio', (spec) => (spec['service']!['appProtocol'] = 'tcp')],
    ['linkerd', (spec) => Object.assign(spec, { provider: 'linkerd' })],
    [
      'the Gateway API',
      (spec) => {
        Object.assign(spec, { provider: 'gatewayapi:v1' });
        spec['service']!['gatewayRefs'] = [{ name: 'public' }];
      },
    ],
    ['traefik', (spec) => Object.assign(spec, { provider: 'traefik' })],
    ['SMI on a mesh', (spec) => Object.assign(spec, { provider: 'smi:v1alpha2:istio' })],
    ['A/B testing', (spec) => Object.assign(spec, { analysis: { iterations: 5, match: [{ headers: { a: { exact: 'b' } } }] } })],
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
    [
      'skipAnalysis without an analysis',
      (spec) => {
        delete spec['analysis'];
        Object.assign(spec, { skipAnalysis: true });
      },
    ],
    ['revertOnDeletion', (spec) => Object.assign(spec, { revertOnDeletion: true })],
    ['headers', (spec) => (spec['service']!['headers'] = { request: { set: { a: 'b' } } })],
    ['a HorizontalPodAutoscaler', (spec) => Object.assign(spec, { autoscalerRef: scaler('autoscaling/v2', 'HorizontalPodAutoscaler') })],
    ['an interval of 1s', (spec) => (spec['analysis']!['interval'] = '1s')],
  ] as [string, Parameters<typeof problemsOf>[0]][])('%s is taken', (_, change) => {
    expect(problemsOf(change)).toBe('');
  });

  test.each([
    ['another provider', (spec) => Object.assign(spec, { provider: 'nginx' })],
    ['a DaemonSet', (spec) => (spec['targetRef']!['kind'] = 'DaemonSet')],
    ['KEDA', (spec) => Object.assign(spec, { autoscalerRef: scaler('keda.sh/v1alpha1', 'ScaledObject') })],
    ['an Ingress', (spec) => Object.assign(spec, { ingressRef: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name: 'a' } })],
    ['a mesh of App Mesh', (spec) => (spec['service']!['meshName'] = 'a')],
  ] as [string, Parameters<typeof problemsOf>[0]][])('%s is refused by name', (_, change) => {
    expect(problemsOf(change)).toMatch(/(is|are) not driven yet by this version/);
  });

  test('weights on kubernetes, no steps and no iterations, and a metric without bounds are refused', () => {
    expect(problemsOf((spec) => Object.assign(spec, { provider: 'kubernetes' }))).toContain('cannot split traffic');
    expect(problemsOf((spec) => Object.assign(spec, { analysis: { metrics: [] } }))).toContain('nothing says how to step');
    expect(problemsOf((spec) => (spec['analysis']!['metrics'] = [{ name: 'request-duration' }]))).toContain('no bounds');
  });

  test.each([
    ['mirroring on linkerd', { provider: 'linkerd', analysis: { stepWeight: 10, mirror: true } }, 'cannot mirror traffic'],
    [
      'A/B on SMI',
      { provider: 'smi:v1alpha1', analysis: { iterations: 5, match: [{ headers: {} }] } },
      'cannot send requests by what is in',
    ],
    ['affinity on osm', { provider: 'osm', analysis: { stepWeight: 10, sessionAffinity: { cookieName: 'a' } } }, 'cannot keep users'],
  ])('%s is refused, naming who can', (_, fields, words) => {
    const said = problemsOf((spec) => Object.assign(spec, fields));
    expect(said).toContain(words);
    expect(said).toContain('use a provider that can: gatewayapi:v1, gatewayapi:v1beta1, istio');
  });
});
