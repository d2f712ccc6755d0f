// The reader: places of everything, limits on everything, and no input that breaks it.
import { describe, expect, test } from '@jest/globals';
import { SpecError } from '../../src/errors.ts';
import { loadCanaries } from '../../src/spec/load.ts';
import { parsePath, pathText } from '../../src/spec/path.ts';
import { locatedText, readDocuments, whereText } from '../../src/spec/read.ts';

function problemsOf(text: string): string[] {
  return readDocuments([{ name: 'a.yaml', text }]).problems.map(locatedText);
}

function placesIn(text: string, ...paths: string[]): string[] {
  const [document] = readDocuments([{ name: 'a.yaml', text }]).documents;
  return paths.map((path) => (document === undefined ? 'no document' : whereText(document.locate(parsePath(path), ''))));
}

const head = 'apiVersion: v1\nkind: A\n';

describe('places', () => {
  test('a value on the line of its name, else the name, an item, and the parent of what is not there', () => {
    const text = `${head}spec:\n  port: 80\n  list:\n    - a\n    - b: 1\n      c:\n        - d\n  flow: { x: [1, { y: 2 }] }\n  none:\n`;
    const paths = [
      'spec.port',
      'spec.list',
      'spec.list[0]',
      'spec.list[1].b',
      'spec.list[1].c[0]',
      'spec.flow.x[1].y',
      'spec.none',
      'spec.no.way',
      '',
    ];
    expect(placesIn(text, ...paths)).toEqual([
      'a.yaml:4:9',
      'a.yaml:5:3',
      'a.yaml:6:7',
      'a.yaml:7:10',
      'a.yaml:9:11',
      'a.yaml:10:23',
      'a.yaml:11:3',
      'a.yaml:3:1',
      'a.yaml:1:1',
    ]);
  });

  test('behind comments, anchors and line ends of every kind; through aliases and merge keys', () => {
    const text = `# first\r\n---\r\n${head}base: &base\n  # why\n  a: &value 1\rmore:\n  <<: *base\n  b: *value\n`;
    expect(placesIn(text, 'base.a', 'more.a', 'more.b')).toEqual(['a.yaml:7:13', 'a.yaml:7:13', 'a.yaml:10:6']);
  });

  test('of a mapping that is merged into one of its own', () => {
    expect(placesIn(`${head}a: &a\n  k: 1\n  x:\n    <<: *a\n`, 'a.k', 'a.x.k')).toEqual(['a.yaml:4:6', 'a.yaml:4:6']);
  });

  test('of names with dots', () => {
    expect(placesIn(`${head}annotations:\n  a.b/c: x\n`, 'annotations["a.b/c"]')).toEqual(['a.yaml:4:10']);
  });

  test('in each document of a file and in each item of a list', () => {
    const { documents } = readDocuments([
      {
        name: 'a.yaml',
        text: `${head}x: 1\n---\n${head}y: 2\n...\n---\nitems:\n  - ${head.replace('\n', '\n    ')}kind: List\napiVersion: v1\n`,
      },
    ]);
    expect(documents.map((document) => whereText(document.locate(['kind'], '')))).toEqual(['a.yaml:2:7', 'a.yaml:6:7', 'a.yaml:12:11']);
  });

  test('a path is read back as it was printed', () => {
    const path = ['spec', 'list', 3, 'a.b/c', 'with "quotes"', 'x-y'];
    expect(parsePath(pathText(path))).toEqual(path);
  });

  test('of a converted document lead to what the file says', () => {
    const text = `apiVersion: flagger.app/v1alpha3
kind: Canary
metadata:
  name: podinfo
spec:
  targetRef: { apiVersion: apps/v1, kind: Deployment, name: podinfo }
  service: { port: 80 }
  canaryAnalysis:
    threshold: 5
    stepWeight: 10
    metrics:
      - name: request-success-rate
        threshold: 99
`;
    const [canary] = loadCanaries([{ name: 'a.yaml', text }], { defaultNamespace: 'test' }).canaries;
    const paths = [
      'spec.analysis',
      'spec.analysis.threshold',
      'spec.analysis.metrics[0].thresholdRange.min',
      'spec.analysis.metrics[0].name',
    ];
    expect(paths.map((path) => canary?.where(path))).toEqual(['a.yaml:8:3', 'a.yaml:9:16', 'a.yaml:13:20', 'a.yaml:12:15']);
    expect(canary?.source).toMatchObject({
      apiVersion: 'flagger.app/v1beta1',
      spec: { analysis: { metrics: [{ thresholdRange: { min: 99 } }] } },
    });
  });
});

describe('limits', () => {
  test.each([
    ['size', 'a'.repeat(1024 * 1024 + 1), 'a.yaml:1:1: larger than 1 MiB; is this the right file?'],
    ['size in bytes', 'ä'.repeat(600_000), 'a.yaml:1:1: larger than 1 MiB; is this the right file?'],
    ['values', `${head}a: [${'1,'.repeat(50_001)}]`, 'a.yaml:3:99997: more than 50000 values in one file, each alias written out'],
    [
      'values over all documents',
      `${head}a: [${'1,'.repeat(30_000)}]\n---\n`.repeat(2),
      'a.yaml:7:39989: more than 50000 values in one file, each alias written out',
    ],
    [
      'aliases over all documents',
      `${head}a: &a 1\nb: [${'*a,'.repeat(60)}]\n---\n`.repeat(2),
      'a.yaml:9:125: more than 100 aliases (*name); write the values out',
    ],
    [
      'depth by aliases',
      `${head}a: &a ${'['.repeat(40)}${']'.repeat(40)}\nb: ${'['.repeat(40)}*a${']'.repeat(40)}`,
      'a.yaml:3:31: nested more than 64 deep',
    ],
    ['a value that holds itself', `${head}a: &a [*a]`, 'a.yaml:3:8: nested more than 64 deep'],
    [
      'merge keys that repeat themselves',
      `${head}a: &a { ${Array.from({ length: 200 }, (_, n) => `k${n}: 1`).join(', ')} }\nb:\n${'  - <<: *a\n'.repeat(90)}`,
      'a.yaml:55:3: more than 10000 merged keys; write the values out',
    ],
  ])('%s', (_what, text, problem) => expect(problemsOf(text)).toEqual([problem]));

  test('what is just allowed is read', () => {
    const text = `${head}a: ${'['.repeat(62)}${']'.repeat(62)}\nb: [${'1,'.repeat(40_000)}]\nc: &c 1\nd: [${'*c,'.repeat(100)}]`;
    expect(problemsOf(text)).toEqual([]);
  });

  test('a thousand problems are told, the others counted', () => {
    const text = `apiVersion: flagger.app/v1beta1\nkind: Canary\nspec:\n${Array.from({ length: 2000 }, (_, n) => `  k${n}: 1\n`).join('')}`;
    const told = problemsOfLoading(text);
    expect([told.length, told.at(-1)]).toEqual([1001, 'and 1004 more']);
  });
});

function problemsOfLoading(text: string): readonly string[] {
  try {
    loadCanaries([{ name: 'a.yaml', text }], { defaultNamespace: 'test' });
    return [];
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.problems;
  }
}

test('the problems of all files come at once, in the order of the files', () => {
  const files = ['b.yaml', 'a.yaml'].map((name) => ({
    name,
    text: 'kind: [\n---\napiVersion: flagger.app/v1beta1\nkind: MetricTemplate\n',
  }));
  expect(() => loadCanaries(files, { defaultNamespace: 'test' })).toThrow(
    [
      'b.yaml:2:1: not valid YAML: unexpected end of the stream within a flow collection',
      'b.yaml:3:1: metadata: missing; expected a mapping: Name, namespace, labels and annotations.',
      'b.yaml:3:1: spec: missing; expected a mapping: What is measured.',
      'a.yaml:2:1: not valid YAML: unexpected end of the stream within a flow collection',
      'a.yaml:3:1: metadata: missing; expected a mapping: Name, namespace, labels and annotations.',
      'a.yaml:3:1: spec: missing; expected a mapping: What is measured.',
    ].join('\n'),
  );
});

test('any text is answered with problems that have a place, and no prototype is touched', () => {
  const valid = `${'---\n'}apiVersion: flagger.app/v1beta1\nkind: Canary\nmetadata: { name: a, annotations: &a { x: y } }\nspec:\n  service:\n    port: 80\n  analysis:\n    metrics:\n      - name: request-duration\n        interval: "1m"\n`;
  const bits = [
    '\t',
    '&b ',
    '*a',
    '!x ',
    '- ',
    '? ',
    ': ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '|\n',
    '\n',
    '\r',
    '---\n',
    '...\n',
    '%YAML 1.2\n',
    '<<: *a\n',
  ];
  const more = ['__proto__: ', 'constructor:\n', '\uFEFF', '\u2028', '#', '\0', '1e999', '\ud800', '~', '[object Object]: '];
  const before = Object.getOwnPropertyNames(Object.prototype).join();
  let seed = 7;
  const below = (limit: number): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % limit;
  for (let round = 0; round < 2000; round++) {
    let text = valid;
    for (let edits = below(4); edits >= 0; edits--) {
      const at = below(text.length);
      text = text.slice(0, at) + ([...bits, ...more][below(bits.length + more.length)] ?? '') + text.slice(at + below(20));
    }
    const odd = problemsOfLoading(text).filter((problem) => !/^a\.yaml(:[1-9]\d*:[1-9]\d*: |: no Canary)/.test(problem));
    expect([text, odd]).toEqual([text, []]);
  }
  expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(before);
});
