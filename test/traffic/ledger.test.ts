// The counting of the load ring, on entries made by hand: what is lost, whose an answer is, which share a weight had, and what breaks an invariant.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { atMost, counted, leave, left, sharesWithin, type Figure } from './figures.ts';
import { answeredAfterFailure, answeredOutOfTime, answeredUnanalysed, sentToNothing, type Failure } from './load/answers.ts';
import { readWritten, type Entry } from './load/entry.ts';
import {
  changesOf,
  count,
  effective,
  firstOf,
  lastOf,
  lost,
  measured,
  ownErrors,
  perWeight,
  share,
  sidesByPod,
  sidesByVersion,
  windows,
} from './load/ledger.ts';
import { isOwnError } from './load/origin.ts';
import { comparable, markdownTables, plainTables, withTables } from './table.ts';

const always = { from: 0, to: Infinity };

function sent(at: number, more: Partial<Entry>): Entry {
  return { at, due: at, took: 2, ...more };
}

function ok(at: number, by: string, pod = `pod-${by}`): Entry {
  return sent(at, { status: 200, by, pod });
}

/** One request each 10 ms from `from`; every n-th is answered by 2.0.0, the others by 1.0.0. */
function traffic(from: number, requests: number, everyNth: number): Entry[] {
  return Array.from({ length: requests }, (_, index) => ok(from + index * 10, everyNth && index % everyNth === 0 ? '2.0.0' : '1.0.0'));
}

describe('lines of the client', () => {
  const line = (entry: object): string => `${JSON.stringify(entry)}\n`;

  test('are put in the order in which they were sent, with the number that the client counted', () => {
    const { entries, sent: told } = readWritten(line(ok(20, 'b')) + line(ok(10, 'a')) + line({ end: true, sent: 2 }));
    expect(entries.map(({ at }) => at)).toEqual([10, 20]);
    expect(told).toBe(2);
  });

  test('may end in half a line where the client was killed, and are broken where one stands in between', () => {
    expect(readWritten(`${line(ok(1, 'a'))}{"at":2,"du`)).toEqual({ entries: [ok(1, 'a')], sent: undefined });
    expect(() => readWritten(`${line(ok(1, 'a'))}{"at":2,"du\n${line(ok(3, 'a'))}`)).toThrow(SyntaxError);
  });
});

describe('whose an error is', () => {
  const date = ['Date', 'Sat, 21 Nov 2026 18:34:56 GMT'];
  const empty = ['Content-Length', '0'];

  test.each([
    ['podinfo’s random error, passed on', 409, [...empty, ...date], '', true],
    ['podinfo’s random error with status 500', 500, [...empty, ...date], '', true],
    [
      'podinfo’s answer of JSON',
      500,
      ['Content-Length', '19', 'Content-Type', 'application/json; charset=utf-8', ...date],
      '{"status": 500}',
      true,
    ],
    ['a proxy whose backend does not exist', 500, [...date, ...empty], '', false],
    ['a proxy that reaches nobody', 502, [...date, 'Content-Length', '11'], 'Bad Gateway', false],
    [
      'a proxy that knows no server',
      503,
      ['Content-Type', 'text/plain; charset=utf-8', ...date, 'Content-Length', '20'],
      'no available server',
      false,
    ],
    ['a proxy that waited in vain', 504, [...date, 'Content-Length', '15'], 'Gateway Timeout', false],
    [
      'a proxy without a route',
      404,
      ['Content-Type', 'text/plain; charset=utf-8', ...date, 'Content-Length', '19'],
      '404 page not found',
      false,
    ],
    ['an empty 503, whoever it is passed on by', 503, [...empty, ...date], '', false],
    ['an answer that is no error', 200, [...empty, ...date], '', false],
  ])('%s', (_, status, rawHeaders, body, own) => {
    expect(isOwnError({ status, rawHeaders, body })).toBe(own);
  });
});

describe('counting', () => {
  const entries = [
    ok(10, '1.0.0'),
    sent(20, { status: 500, own: true }),
    sent(30, { status: 503, said: 'no available server' }),
    sent(40, { error: 'ECONNRESET' }),
    sent(50, { status: 200, error: 'CUT' }),
    ok(60, '2.0.0'),
    ok(70, '1.0.0'),
  ];

  test('lost is what got no good answer, but for the application’s own errors', () => {
    expect(lost(entries).map(({ at }) => at)).toEqual([30, 40, 50]);
    expect(ownErrors(entries, always).map(({ at }) => at)).toEqual([20]);
    expect(ownErrors(entries, { from: 21, to: 100 })).toEqual([]);
  });

  test('a span has its beginning and not its end', () => {
    expect(count(entries, { from: 10, to: 70 }, '1.0.0')).toBe(1);
    expect(count(entries, { from: 10, to: 71 }, '1.0.0')).toBe(2);
  });

  test('the share is of those whose side is known, and own errors have the side that is said to make them', () => {
    expect(share(entries, always, sidesByVersion('2.0.0'))).toBeCloseTo(100 / 3);
    expect(share(entries, always, sidesByVersion('2.0.0', { errors: 'canary' }))).toBe(50);
    expect(share([], always, sidesByVersion('2.0.0'))).toBeUndefined();
  });

  test('sides are told by pod where both run one version', () => {
    const pods = [ok(1, 'v', 'podinfo-primary-7d-x'), ok(2, 'v', 'podinfo-5c-y'), sent(3, { status: 200 })];
    expect(pods.map(sidesByPod('podinfo-primary'))).toEqual(['primary', 'canary', undefined]);
  });

  test('first and last go by the time of sending, whatever the order', () => {
    const shuffled = [...entries].reverse();
    expect(firstOf(shuffled, ({ by }) => by === '1.0.0')?.at).toBe(10);
    expect(lastOf(shuffled, ({ by }) => by === '1.0.0')?.at).toBe(70);
    expect(lastOf(shuffled, ({ by }) => by === '3.0.0')).toBeUndefined();
  });
});

describe('shares of a weight', () => {
  const marks = [
    { at: 0, weight: 0 },
    { at: 1000, weight: 25 },
    { at: 1500, weight: 25 },
    { at: 12_000, weight: 50 },
    { at: 13_000, weight: 0 },
  ];

  test('a window opens when the proxy had its time and closes with the next weight; writes that change no weight are not seen', () => {
    expect(changesOf(marks).map(({ at }) => at)).toEqual([0, 1000, 12_000, 13_000]);
    expect(windows({ marks, until: 20_000, settle: 2000 })).toEqual([
      { weight: 25, from: 3000, to: 12_000 },
      { weight: 0, from: 15_000, to: 20_000 },
    ]);
  });

  test('what was measured says how far off it is', () => {
    const [step] = measured(traffic(0, 1000, 4), [{ weight: 24, from: 0, to: 10_000 }], sidesByVersion('2.0.0'));
    expect(step).toEqual({ weight: 24, requests: 1000, canary: 250, share: 25, off: 1, tooFew: false });
    expect(sharesWithin(1, [step!])).toMatchObject({ met: true, measured: '1.00 % at most' });
    expect(sharesWithin(0.5, [step!]).met).toBe(false);
  });

  test('a hundred requests cannot show one per cent: told, not judged', () => {
    const spans = [
      { weight: 25, from: 0, to: 1000 },
      { weight: 25, from: 0, to: 1010 },
    ];
    const steps = measured(traffic(0, 200, 2), spans, sidesByVersion('2.0.0'));
    expect(steps.map(({ tooFew }) => tooFew)).toEqual([true, false]);
    expect(sharesWithin(1, steps.slice(0, 1))).toMatchObject({ met: false, measured: 'no step was long enough to say' });
    expect(sharesWithin(30, steps)).toMatchObject({ met: true, measured: expect.stringContaining('1 of 2 steps too short to say') });
  });

  test('windows of one weight count as one', () => {
    const spans = [
      { weight: 50, from: 0, to: 500 },
      { weight: 10, from: 500, to: 600 },
      { weight: 50, from: 600, to: 2000 },
    ];
    const all = perWeight(measured(traffic(0, 200, 2), spans, sidesByVersion('2.0.0')));
    expect(all.map(({ weight, requests, canary }) => ({ weight, requests, canary }))).toEqual([
      { weight: 50, requests: 190, canary: 95 },
      { weight: 10, requests: 10, canary: 5 },
    ]);
  });

  test('a change shows with the winner’s first answer, or with the loser’s last', () => {
    const sideOf = sidesByVersion('2.0.0');
    const entries = [ok(10, '1.0.0'), ok(120, '1.0.0'), ok(150, '2.0.0'), ok(250, '2.0.0'), ok(260, '1.0.0')];
    const [none, some, back] = [
      { at: 0, weight: 0 },
      { at: 100, weight: 10 },
      { at: 200, weight: 0 },
    ] as const;
    expect(effective(entries, { was: none, now: some, until: 200 }, sideOf)).toBe(50);
    expect(effective(entries, { was: some, now: back, until: 300 }, sideOf)).toBe(50);
    expect(effective(entries, { was: some, now: { at: 255, weight: 0 }, until: 300 }, sideOf)).toBe(0);
    expect(effective(entries, { was: some, now: { at: 200, weight: 20 }, until: 300 }, sideOf)).toBeUndefined();
  });
});

describe('I1 on what was answered', () => {
  test('every way of being lost is a sentence with its first three', () => {
    const bad = [1, 2, 3, 4].map((at) => sent(at * 1000, { status: 503, said: 'no available server' }));
    const [first, second, ...more] = sentToNothing([ok(0, 'a'), ...bad, sent(9000, { error: 'ECONNREFUSED' })]);
    expect(first?.text).toMatch(/^I1: 4 requests lost: 503 by the proxy \("no available server"\), from 00:00:01.000 to 00:00:04.000: /);
    expect(first?.text.match(/"at":/g)).toHaveLength(3);
    expect(second?.text).toContain('1 requests lost: ECONNREFUSED');
    expect(more).toEqual([]);
  });

  test('own errors and good answers break nothing', () => {
    expect(sentToNothing([ok(0, 'a'), sent(1, { status: 500, own: true })])).toEqual([]);
  });

  test('a pod answers from ready until it is gone', () => {
    const pods = [{ pod: 'p', side: 'canary' as const, ready: 1000, until: 2000 }];
    expect(answeredOutOfTime([ok(999, 'v', 'p'), ok(2000, 'v', 'p'), sent(1, { status: 200 })], pods)).toEqual([]);
    expect(answeredOutOfTime([ok(900, 'v', 'p')], pods)[0]?.text).toContain('a canary that was ready from 00:00:01.000 to 00:00:02.000');
    expect(answeredOutOfTime([ok(2001, 'v', 'p')], pods)).toHaveLength(1);
    expect(answeredOutOfTime([ok(1500, 'v', 'stranger')], pods)[0]?.text).toContain('stranger, of which nobody knows');
  });
});

describe('I3 on what was answered', () => {
  const failure: Failure = { verdict: 1000, routed: 1100, scaledDown: 11_000, settle: 2000, good: '1.0.0', until: 20_000 };

  test('the failed version may answer until its route is loaded, and from the next release on', () => {
    expect(answeredAfterFailure([ok(1050, '2.0.0'), ok(3000, '2.0.0'), ok(3100, '1.0.0'), ok(20_000, '2.0.0')], failure)).toEqual([]);
  });

  test('and not later, nor does anybody make errors then', () => {
    const late = answeredAfterFailure([ok(3100, '2.0.0'), sent(3200, { status: 500, own: true })], failure);
    expect(late.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^I3: 2 requests not answered by 1.0.0 though its route was written at 00:00:01.100/),
    ]);
  });

  test('nobody answers for a side that is scaled down, even while the route is still being loaded', () => {
    const hasty = { ...failure, scaledDown: 1200 };
    expect(answeredAfterFailure([ok(1300, '2.0.0')], hasty).map(({ text }) => text)).toEqual([
      expect.stringContaining('scaled down at 00:00:01.200'),
    ]);
  });

  test('the route goes first, and there must be one', () => {
    expect(answeredAfterFailure([], { ...failure, scaledDown: 1050 })[0]?.text).toContain('before the route');
    expect(answeredAfterFailure([], { ...failure, routed: undefined })[0]?.text).toContain(
      'no route was written after the failed verdict of 00:00:01.000',
    );
  });

  test('lost requests are told by I1 alone', () => {
    expect(answeredAfterFailure([sent(5000, { error: 'ECONNRESET' })], failure)).toEqual([]);
  });

  test('no version answers as primary before it has passed', () => {
    const passed = [
      { version: '1.0.0', from: 0 },
      { version: '2.0.0', from: 5000 },
    ];
    const sideOf = sidesByPod('app-primary');
    const fine = [ok(10, '1.0.0', 'app-primary-1'), ok(20, '2.0.0', 'app-2'), ok(5000, '2.0.0', 'app-primary-2')];
    expect(answeredUnanalysed(fine, passed, sideOf)).toEqual([]);
    const early = [ok(4999, '2.0.0', 'app-primary-2'), ok(6000, '3.0.0', 'app-primary-3')];
    expect(answeredUnanalysed(early, passed, sideOf).map(({ text }) => text)).toEqual([
      expect.stringContaining('2.0.0 answered as primary, which had not passed'),
      expect.stringContaining('3.0.0 answered as primary'),
    ]);
  });
});

describe('figures', () => {
  const steps = measured(traffic(0, 400, 4), [{ weight: 25, from: 0, to: 4000 }], sidesByVersion('2.0.0'));
  const figure: Figure = {
    scenario: comparable.promotion,
    ...counted([...traffic(0, 1400, 4), sent(1, { error: 'ECONNRESET' }), sent(2, { status: 500, own: true })], steps),
    seconds: { promotion: 33.26, heal: 1.2 },
    goals: [atMost('seconds to promote', 33.26, { limit: 35, unit: ' s' }), sharesWithin(1, steps), atMost('lost', 1, { limit: 0 })],
  };

  test('are left as lines and read again', () => {
    const folder = mkdtempSync(join(tmpdir(), 'canary-figures-'));
    try {
      const file = join(folder, 'figures');
      leave(file, figure);
      leave(file, { ...figure, scenario: 'another' });
      expect(left(file)).toEqual([figure, { ...figure, scenario: 'another' }]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('count every request', () => {
    expect(figure).toMatchObject({ sent: 1402, lost: 1, ownErrors: 1, shares: [{ weight: 25, measured: 25, requests: 400 }] });
    expect(figure.goals.map(({ met }) => met)).toEqual([true, true, false]);
  });

  test('stand beside Flagger’s where the scenario is the same, and alone elsewhere', () => {
    const lines = markdownTables([figure, { ...figure, scenario: 'a pod is killed' }], 'with 0.1.0').split('\n');
    const rows = lines.filter((line) => /^\| (promotion|…|a pod)/.test(line));
    expect(lines[0]).toBe('Measured with 0.1.0.');
    expect(rows.slice(0, 3)).toEqual([
      '| promotion in two steps | 1,402 | 1 | 1 | 25: 25.0 % |  | 33.26 s | heal 1.2 s | 2 of 3 |',
      '| … with Flagger 1.44 | 12,499 | 0 |  | 25: 25.0 %, 50: 50.0 % |  | 52 s |  |  |',
      '| a pod is killed | 1,402 | 1 | 1 | 25: 25.0 % |  | 33.26 s | heal 1.2 s | 2 of 3 |',
    ]);
    expect(lines).toContain('| promotion in two steps | lost | at most 0 | 1 | NO |');
  });

  test('are printed plainly too, and a step that was too short says so', () => {
    const short = { ...figure, shares: [{ weight: 5, measured: 7, requests: 60 }] };
    expect(plainTables([short])).toMatch(
      /Real traffic\n {2}scenario +requests +lost.*\n {2}promotion in two steps +1402 +1 +1 +5: too short to say/,
    );
  });

  test('go between the marks of the page and leave the rest', () => {
    const page = 'before\n<!-- traffic:begin -->\nold\n<!-- traffic:end -->\nafter\n';
    expect(withTables(page, 'new')).toBe('before\n<!-- traffic:begin -->\n\nnew\n\n<!-- traffic:end -->\nafter\n');
    expect(() => withTables('no marks', 'new')).toThrow('no marks');
  });
});
