// The declare-once kernel: one declaration gives check, default, refusal and docs row; all problems come at once.
import { describe, expect, test } from '@jest/globals';
import { duration, flag, oneOf, text, whole } from '../../src/spec/fields.ts';
import { list, notDriven, object, rowsOf } from '../../src/spec/kernel.ts';
import { pathText } from '../../src/spec/path.ts';
import type { Json } from '../../src/spec/types.ts';

const pod = object(
  {
    name: text({ required: true, doc: 'Its name.' }),
    replicas: whole({ min: 0, max: 10 }, { default: 1, doc: 'How many.' }),
    policy: oneOf(['Always', 'Never'], { doc: 'When it is started again.' }),
    wait: duration(1000, { default: '10s', doc: 'Time to start.' }),
    debug: flag({ default: false, later: 'debugging', doc: 'Stops at the first line.' }),
    ports: list(object({ port: whole({}, { required: true, doc: 'The port.' }) }, { doc: 'One port.' }), {
      default: [],
      doc: 'Its ports.',
    }),
  },
  { doc: 'A pod.' },
);

function read(value: Json): { got: unknown; problems: string[] } {
  const problems: string[] = [];
  const got = pod.read(value, [], {
    say: (path, said) => problems.push(`${pathText(path)}: ${said}`),
    unknown: (_path, siblings) => `unknown, there are ${siblings.length}`,
  });
  return { got, problems };
}

describe('a declaration', () => {
  test('gives defaults, and leaves out what has none', () => {
    expect(read({ name: 'a' })).toEqual({ got: { name: 'a', replicas: 1, wait: '10s', debug: false, ports: [] }, problems: [] });
  });

  test('types what it reads', () => {
    const got = pod.read({ name: 'a' }, [], { say: () => undefined, unknown: () => '' });
    const replicas: number | undefined = got?.replicas;
    // @ts-expect-error -- a field without default may be missing
    const policy: 'Always' | 'Never' = got === undefined ? 'Always' : got.policy;
    expect([replicas, policy]).toEqual([1, undefined]);
  });

  test('takes null for left out', () => {
    expect(read({ name: 'a', replicas: null, ports: null }).problems).toEqual([]);
    expect(read({ name: null }).problems).toEqual(['name: missing; expected text: Its name.']);
  });

  test('reports everything at once, each with its path', () => {
    expect(read({ replicas: 11, policy: 'always', wait: '1ms', debug: true, ports: [{ port: 'x' }, {}, null], extra: 1 }).problems).toEqual(
      [
        'extra: unknown, there are 6',
        'name: missing; expected text: Its name.',
        'replicas: expected a whole number from 0 to 10, got 11',
        'policy: expected one of Always, Never, got "always"; did you mean "Always"?',
        'wait: expected a duration of at least 1s, got "1ms"',
        'debug: debugging is not driven yet by this version',
        'ports[0].port: expected a whole number, got "x"',
        'ports[1].port: missing; expected a whole number: The port.',
        'ports[2]: this item is empty; remove the dash or write something behind it',
      ],
    );
  });

  test('that is not driven yet accepts what means nothing', () => {
    expect(read({ name: 'a', debug: false }).problems).toEqual([]);
  });

  test('of a mapping refuses anything else', () => {
    expect(read([]).problems).toEqual([': expected a mapping, got a list']);
    expect(read('x').got).toBeUndefined();
  });

  test('gives its rows', () => {
    const rows = rowsOf(pod.fields ?? {});
    expect(rows.map((row) => `${row.path} ${row.type} ${row.default}`)).toEqual([
      'name text ',
      'replicas whole number 1',
      'policy Always | Never ',
      'wait duration 10s',
      'debug true or false false',
      'ports list of mapping []',
      'ports[].port whole number ',
    ]);
    expect(rows.find((row) => row.path === 'debug')?.later).toBe('debugging');
  });
});

test('a refusal agrees in number', () => {
  expect([notDriven('alerts'), notDriven('session affinity'), notDriven('skipAnalysis')]).toEqual([
    'alerts are not driven yet by this version',
    'session affinity is not driven yet by this version',
    'skipAnalysis is not driven yet by this version',
  ]);
});
