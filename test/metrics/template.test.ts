// Template functions as Go's text/template and Flagger have them, and values that cannot leave the quotes they stand in.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parser } from '@prometheus-io/lezer-promql';
import { loadAll } from 'js-yaml';
import { dig, textAt } from '../../src/common/dig.ts';
import { renderQuery, type TemplateVars } from '../../src/metrics/template.ts';

const vars: TemplateVars = {
  name: 'podinfo-canary',
  namespace: 'test',
  target: 'podinfo',
  service: 'podinfo-svc',
  ingress: 'podinfo-ingress',
  route: 'podinfo-route',
  interval: '1m',
  variables: { direction: 'in', _x1: 'under', 'with-dash': 'dashed', quote: 'a"b', matchers: 'ns="x", app="y"', empty: '' },
};

function render(text: string, variables = vars.variables): string {
  const rendered = renderQuery(text, { ...vars, variables });
  return 'query' in rendered ? rendered.query : `why: ${rendered.why}`;
}

test('renders the recorded templates as Flagger sent them', () => {
  const folder = new URL('../parity/recordings/custom-metrics/', import.meta.url);
  const documents = loadAll(readFileSync(new URL('input.yaml', folder), 'utf8'));
  const queries = documents.flatMap((document) =>
    textAt(document, 'kind') === 'MetricTemplate' ? [String(dig(document, 'spec', 'query'))] : [],
  );
  const own = { name: 'podinfo', namespace: 'custom-metrics', target: 'podinfo', service: 'podinfo', ingress: 'podinfo', route: 'podinfo' };
  const rendered = queries.map((query, i) =>
    renderQuery(query, { ...own, interval: ['2m', '1m'][i] ?? '', variables: { direction: 'in' } }),
  );
  const sent = readFileSync(new URL('queries.txt', folder), 'utf8').trim().split('\n');
  expect(rendered).toEqual(sent.slice(1).map((query) => ({ query })));
  expect(rendered).toHaveLength(2);
});

describe('actions', () => {
  test.each([
    ['{{ name }} {{namespace}} {{ target}} {{service }}', 'podinfo-canary test podinfo podinfo-svc'],
    ['{{ ingress }}/{{ route }}[{{ interval }}]', 'podinfo-ingress/podinfo-route[1m]'],
    ['{{\n  name\n}}', 'podinfo-canary'],
    ['{{ variables.direction }}{{ variables._x1 }}', 'inunder'],
    ['{{ index variables "with-dash" }}', 'dashed'],
    ['{{ (variables).direction }}', 'in'],
    ['{{ index (variables) "direction" }}', 'in'],
    ['{{ (index variables).direction }}', 'in'],
    ['x{{ variables.empty }}y', 'xy'],
    ['{{ "a" }}{{ `b\\` }}{{ 7 }}{{ -7 }}', 'ab\\7-7'],
    ['{{ "\\t\\"\\u00e9\\x41" | len }}', '5'],
    ['a {{- name -}} b', 'apodinfo-canaryb'],
    ['a {{- /* gone */ -}} b', 'ab'],
    ['a {{/* it is }} not over */}} b', 'a b'],
    ['no action } here }}', 'no action } here }}'],
  ])('%s', (text, query) => {
    expect(render(text)).toBe(query);
  });
});

describe('functions', () => {
  test.each([
    ['{{ printf "%s-%s" target variables.direction }}', 'podinfo-in'],
    ['{{ target | printf "%s-%s" "x" }}', 'x-podinfo'],
    ['{{ printf "%q" namespace }}', '"test"'],
    ['{{ "a\\"b\\\\c\\n\\x01\\u202e" | printf "%q" }}', '"a\\"b\\\\c\\n\\x01\\u202e"'],
    ['{{ printf "%v %d%% %5d|%-5s|%05d|%.2s" "v" 7 7 "ab" -7 "abc" }}', 'v 7% 7|ab |-0007|ab'],
    ['{{ print "a" 1 2 "b" }}', 'a1 2b'],
    ['{{ print 1 2 }}', '1 2'],
    ['{{ println name 1 }}x', 'podinfo-canary 1 x'],
    ['{{ print }}x', 'x'],
    ['{{ len variables }}', '6'],
    ['{{ len "aé€😀" }}', '10'],
    ['{{ name | len | printf "%d" | print "n=" }}', 'n=14'],
    ['{{ printf "%s" (print "a" "b") }}', 'ab'],
  ])('%s', (text, query) => {
    expect(render(text)).toBe(query);
  });
});

describe('refused, with its place', () => {
  test.each([
    ['{{ variables.nothing }}', 'templateVariables has no "nothing" (line 1, column 4 of the query)'],
    ['\nü {{ index variables "nothing" }}', 'templateVariables has no "nothing" (line 2, column 6 of the query)'],
    ['{{ variables.constructor }}', 'has no "constructor"'],
    ['{{ index variables "__proto__" }}', 'has no "__proto__"'],
    ['{{ if name }}x{{ end }}', 'if is not spoken here'],
    ['{{ range variables }}', 'range is not spoken here'],
    ['{{ with name }}', 'with is not spoken here'],
    ['{{ define "x" }}', 'define is not spoken here'],
    ['{{ template "x" }}', 'template is not spoken here'],
    ['{{ end }}', 'end is not spoken here'],
    ['{{ $x := name }}', 'variables are not spoken here: $x'],
    ['{{ . }}', 'the dot is not spoken here'],
    ['{{ .Name }}', '.Name is a field of nothing'],
    ['{{ variables .direction }}', '.direction is a field of nothing'],
    ['{{ html name }}', 'there is no function html here; known: name, namespace, target'],
    ['{{ name | urlquery }}', 'there is no function urlquery here'],
    ['{{ js name }}', 'there is no function js here'],
    ['{{ eq name "x" }}', 'there is no function eq here'],
    ['{{ toString }}', 'there is no function toString here'],
    ['{{ variables }}', 'variables is all of them; name one'],
    ['{{ variables.a.b }}', 'a text has no field b'],
    ['{{ name.x }}', 'a text has no field x'],
    ['{{ variables.with-dash }}', 'unexpected -'],
    ['{{ name "x" }}', 'name takes no values'],
    ['{{ "x" | name }}', 'name takes no values'],
    ['{{ "x" | variables.direction }}', 'only a function takes values'],
    ['{{ "x" "y" }}', 'only a function takes values'],
    ['{{ print "a""b" }}', 'a space is missing here'],
    ["{{ 'x' }}", "characters in single quotes are not spoken here: 'x'"],
    ['{{ 1.5 }}', 'numbers of this form are not spoken here: 1.5'],
    ['{{ 0x10 }}', 'numbers of this form are not spoken here: 0x10'],
    ['{{ len 7 }}', 'len takes a text'],
    ['{{ len }}', 'len takes one value'],
    ['{{ index "abc" 1 }}', 'index takes variables and a key'],
    ['{{ index variables "direction" "x" }}', 'index takes variables and one key'],
    ['{{ printf "%s" }}', '%s has no value'],
    ['{{ printf "%s" name name }}', '1 values more than verbs'],
    ['{{ printf "%d" name }}', '%d does not fit a text'],
    ['{{ printf "%s" 7 }}', '%s does not fit this value'],
    ['{{ printf "%x" name }}', '%x does not fit a text'],
    ['{{ printf "%" }}', 'unknown verb %'],
    ['{{ printf "%999999999s" name }}', 'is too wide'],
    ['{{ printf 7 }}', 'printf takes a format first'],
    ['{{ "a\\z" }}', 'unknown escape \\z'],
    ['{{ "a }}', 'this " has no second one in its line'],
    ['{{ name', 'this {{ has no }}'],
    ['{{ /* x }}', 'this comment does not end'],
    ['{{ }}', 'a value is missing here'],
    ['{{ name | }}', 'a value is missing here'],
    ['{{ (name }}', 'a ) is missing'],
    ['{{ name) }}', 'this ) has no ('],
    [`{{ ${'('.repeat(10_000)}name${')'.repeat(10_000)} }}`, 'more than 50 brackets within each other'],
    ['  {{ variables.empty }} # nothing', 'the query is empty'],
  ])('%s', (text, why) => {
    expect(render(text)).toContain('why: ');
    expect(render(text)).toContain(why);
  });
});

describe('white space', () => {
  test.each([
    ['  sum(\n    up{a="b"}\n)\t*\r\n 100\n', 'sum( up{a="b"} ) * 100'],
    ['up{a="b  c"}', 'up{a="b  c"}'],
    ['up{a="b\n   c"}', 'up{a="b c"}'],
    ['up{a=`b\n  c`}', 'up{a=`b\n  c`}'],
    ['a # {{ variables.quote }} it\'s "over"\n/ b', 'a / b'],
    ['up{a="#1"} # x', 'up{a="#1"}'],
  ])('%j', (text, query) => {
    expect(render(text)).toBe(query);
  });
});

describe('a value within quotes', () => {
  test.each([
    ['up{a="{{ variables.quote }}"}', 'up{a="a\\"b"}'],
    ["up{a='{{ variables.quote }}'}", "up{a='a\"b'}"],
    ['up{a=`{{ variables.quote }}`}', 'up{a=`a"b`}'],
    ['up{ {{ variables.matchers }} }', 'up{ ns="x", app="y" }'],
  ])('%s', (text, query) => {
    expect(render(text)).toBe(query);
  });

  test('keeps the escapes that its author wrote, as Flagger does', () => {
    expect(render('up{a=~"{{ variables.re }}"}', { re: 'foo\\\\.b\\"ar' })).toBe('up{a=~"foo\\\\.b\\"ar"}');
  });

  test('cannot keep the quotes from ending', () => {
    expect(render('up{a="{{ variables.x }}", b="{{ variables.x }}"}', { x: 'a\\' })).toBe('up{a="a\\\\", b="a\\\\"}');
  });

  test('cannot hold a backtick between backticks', () => {
    expect(render('up{a=`{{ variables.x }}`}', { x: 'a`b' })).toBe(
      'why: a value with ` cannot stand between ` (line 1, column 10 of the query)',
    );
  });

  test('1,000 hostile values leave the structure of the query as it is', () => {
    const query = (quote: string) => `sum(rate(up{a=${quote}x{{ variables.x }}y${quote}, b="{{ target }}"}[{{ interval }}])) / 100`;
    const pieces = [
      '"',
      "'",
      '\\',
      '\\\\',
      '\n',
      '}',
      '{{',
      '}}',
      '"} or vector(1) #',
      '#',
      ' ',
      'a',
      '$1',
      '😀',
      '\ud800',
      '[5m]',
      '\u2028',
    ];
    let seed = 7;
    for (let n = 0; n < 1000; n++) {
      let x = '';
      for (let i = 0; i < 6; i++) {
        seed = (seed * 1103515245 + 12345) % 2147483648;
        x += pieces[(seed >> 8) % pieces.length];
      }
      for (const quote of ['"', "'", '`'])
        expect({ x, nodes: nodes(render(query(quote), { x })) }).toEqual({ x, nodes: nodes(render(query(quote), { x: 'z' })) });
    }
  });
});

function nodes(query: string): string {
  const names: string[] = [];
  parser.parse(query).iterate({ enter: ({ name }) => void names.push(name) });
  return names.join(' ');
}
