// What a list is asked for: selectors word for word, numbers, and pages of a selection.
import { describe, expect, test } from '@jest/globals';
import { configMap, type Loose, virtualSandbox } from './client.ts';

const CONFIGS = '/api/v1/namespaces/test/configmaps';
const EVENTS = '/api/v1/namespaces/test/events';

function names({ body }: { body: Loose }): string[] {
  return body.items.map(({ metadata }: Loose) => metadata.name);
}

function selecting(labelSelector: string): string {
  return `${CONFIGS}?labelSelector=${encodeURIComponent(labelSelector)}`;
}

describe('a label selector', () => {
  const given = [
    configMap('a', {}, { labels: { app: 'x', tier: '7' } }),
    configMap('b', {}, { labels: { app: '' } }),
    configMap('c', {}, { labels: { tier: 'db', in: 'in' } }),
  ];

  test.each([
    ['app in (,x)', ['a', 'b']],
    ['app in (x,,y)', ['a', 'b']],
    ['app in (y,)', ['b']],
    ['app in ()', []],
    ['app notin ()', ['a', 'b', 'c']],
    ['app=', ['b']],
    ['app!=', ['a', 'c']],
    ['tier>5', ['a']],
    ['tier<5', []],
    ['in in (in)', ['c']],
    ['in=in,!app', ['c']],
    [' app = x ', ['a']],
  ])('%s', async (selector, wanted) => {
    const { ask, apply } = virtualSandbox();
    await apply(given);
    expect(names(await ask('GET', selecting(selector)))).toEqual(wanted);
  });

  const UNPARSABLE = 'unable to parse requirement: ';
  test.each([
    ['=x', "found '=', expected: !, identifier, or 'end of string'"],
    [',', "found ',', expected: !, identifier, or 'end of string'"],
    ['app,', "found '', expected: identifier after ','"],
    ['app=x=y', "found '=', expected: ',' or 'end of string'"],
    ['!app=x', "found '=', expected: ',' or 'end of string'"],
    ['app in x', `${UNPARSABLE}found 'x' expected: '('`],
    ['app in (x', `${UNPARSABLE}found '', expected: ',' or ')'`],
    ['app in (', `${UNPARSABLE}found '', expected: ',', ')' or identifier`],
    ['app in (x y)', `${UNPARSABLE}found 'y', expected: ',' or ')'`],
    ['two words', `${UNPARSABLE}found 'words', expected: in, notin, =, ==, !=, gt, lt`],
    ['app=!x', `${UNPARSABLE}found '!', expected: identifier`],
    ['!', `${UNPARSABLE}found '', expected: identifier`],
    ['app>x', `${UNPARSABLE}values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`],
    ['/app', `${UNPARSABLE}<nil>: Invalid value: "/app": prefix part must be non-empty`],
    [`app=${'v'.repeat(64)}`, `${UNPARSABLE}values[0][app]: Invalid value: "${'v'.repeat(64)}": must be no more than 63 characters`],
    ['k'.repeat(64), `${UNPARSABLE}<nil>: Invalid value: "${'k'.repeat(64)}": name part must be no more than 63 characters`],
  ])('%s is refused', async (selector, message) => {
    const { status, body } = await virtualSandbox().ask('GET', selecting(selector));
    expect([status, body.reason, body.message]).toEqual([400, 'BadRequest', message]);
  });

  test('tells all that is wrong with a value, and of several values each', async () => {
    const { body } = await virtualSandbox().ask('GET', selecting('app in (-x,y-)'));
    expect(body.message).toMatch(
      /^unable to parse requirement: \[values\[0\]\[app\]: Invalid value: "-x": a valid .*, values\[1\]\[app\]: Invalid value: "y-": a valid .*\]$/,
    );
    const { body: other } = await virtualSandbox().ask('GET', selecting('example.com/=x'));
    expect(other.message).toMatch(/: <nil>: Invalid value: "example.com\/": name part must be non-empty; name part must consist of /);
  });
});

describe('a query', () => {
  test.each([
    ['limit=x&labelSelector=%3D', 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['timeoutSeconds=1.5&fieldSelector=nonsense', 'strconv.ParseInt: parsing "1.5": invalid syntax'],
    ['labelSelector=%3D&fieldSelector=nonsense', "found '=', expected: !, identifier, or 'end of string'"],
    ['fieldSelector=spec.odd%3D1,nonsense', "invalid selector: 'spec.odd=1,nonsense'; can't understand 'nonsense'"],
    [
      'fieldSelector=spec.odd%3D1&resourceVersion=x',
      '"spec.odd" is not a known field selector: only "metadata.name", "metadata.namespace"',
    ],
  ])('%s is refused for what is read first', async (query, message) => {
    const { ask } = virtualSandbox();
    for (const more of ['', '&watch=1']) {
      const { status, body } = await ask('GET', `${CONFIGS}?${query}${more}`);
      expect([status, body.message]).toEqual([400, message]);
    }
  });

  test.each([
    ['', 400, 'BadRequest', 'invalid resource version: '],
    ['&watch=1', 500, undefined, ''],
  ])('a resourceVersion that is none, of Events%s', async (more, code, reason, words) => {
    const { status, body } = await virtualSandbox().ask('GET', `${EVENTS}?resourceVersion=x${more}`);
    const message = `${words}resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax`;
    expect([status, body.reason, body.message]).toEqual([code, reason, message]);
  });
});

describe('a page of a selection', () => {
  const given = [
    configMap('a', {}, { labels: { app: 'x' } }),
    configMap('b', {}, { labels: { app: 'x' } }),
    configMap('c', {}, { labels: { app: 'y' } }),
  ];

  test('does not count what is left', async () => {
    const { ask, apply } = virtualSandbox();
    await apply(given);
    const { metadata } = (await ask('GET', `${selecting('app=x')}&limit=1`)).body;
    expect([typeof metadata.continue, metadata.remainingItemCount]).toEqual(['string', undefined]);
    expect((await ask('GET', `${CONFIGS}?limit=1`)).body.metadata.remainingItemCount).toBe(2);
  });

  test('goes on where objects are left, selected or not', async () => {
    const { ask, apply } = virtualSandbox();
    await apply(given);
    const full = await ask('GET', `${selecting('app=x')}&limit=2`);
    expect(names(full)).toEqual(['a', 'b']);
    const rest = await ask('GET', `${selecting('app=x')}&limit=2&continue=${encodeURIComponent(full.body.metadata.continue)}`);
    expect([names(rest), rest.body.metadata.continue]).toEqual([[], undefined]);
    const last = await ask('GET', `${selecting('app=y')}&limit=1`);
    expect([names(last), last.body.metadata.continue]).toEqual([['c'], undefined]);
  });

  test('of one name looks at nothing else', async () => {
    const { ask, apply } = virtualSandbox();
    await apply(given);
    const { body } = await ask('GET', `${CONFIGS}?fieldSelector=metadata.name%3Da&limit=1`);
    expect([names({ body }), body.metadata.continue]).toEqual([['a'], undefined]);
  });
});

test('the answer to a deletion of many is the list before it', async () => {
  const sandbox = virtualSandbox();
  await sandbox.apply([configMap('a', {}, { labels: { app: 'x' } })]);
  const { ask } = sandbox;
  const { metadata } = (await ask('GET', CONFIGS)).body;
  const { body } = await ask('DELETE', selecting('app=x'));
  expect([names({ body }), body.metadata.resourceVersion]).toEqual([['a'], metadata.resourceVersion]);
});
