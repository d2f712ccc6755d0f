// What a run prints, in both formats, to the letter.
import { describe, expect, test } from '@jest/globals';
import { paintOf } from '../../src/ui/colour.ts';
import { ndjsonReporter } from '../../src/ui/ndjson.ts';
import { textReporter } from '../../src/ui/plain.ts';
import { planLine } from '../../src/ui/plan.ts';
import type { RunReporter } from '../../src/ui/reporter.ts';
import { fakeIo, type FakeIo } from '../cli/fake-io.ts';
import { podinfo } from '../cli/specs.ts';
import { outcome } from '../cli/worlds.ts';
import { at, canaryOf, line, one, other } from './lines.ts';

function text(isTTY = false): { io: FakeIo; reporter: RunReporter } {
  const io = fakeIo({ isTTY });
  return { io, reporter: textReporter(io, { stdout: paintOf(io.stdout, {}, false), stderr: paintOf(io.stderr, {}, false) }) };
}

function ndjson(): { io: FakeIo; reporter: RunReporter } {
  const io = fakeIo();
  const paint = paintOf(io.stdout, {}, false);
  return { io, reporter: ndjsonReporter(io, { stdout: paint, stderr: paint }, () => at) };
}

const halt = line({
  type: 'Warning',
  text: 'Halt podinfo.test advancement success rate 69.17% < 99%',
  event: { at, tell: 'metric', metric: { ...one.metrics[0]!, min: 99 }, value: 69.17, bound: 'below' },
});
const weight = line({ text: 'Advance podinfo.test canary weight 25', event: { at, tell: 'weight', canary: 25 } });
const promoted = outcome(one, { is: 'promoted' }, { why: 'podinfo.test was promoted', next: 'canary status podinfo -n test' });

describe('text', () => {
  test('an event is one line on stdout, the exact text at its end', () => {
    const { io, reporter } = text();
    reporter.event(weight);
    reporter.event(halt);
    expect(io.out()).toBe(
      '2026-01-02T03:04:05Z test/podinfo Normal Advance podinfo.test canary weight 25\n' +
        '2026-01-02T03:04:05Z test/podinfo Warning Halt podinfo.test advancement success rate 69.17% < 99%\n',
    );
    expect(io.err()).toBe('');
  });

  test('the same line with colour on a terminal', () => {
    const { io, reporter } = text(true);
    reporter.event(halt);
    expect(io.out()).toBe(
      '\u001b[2m2026-01-02T03:04:05Z\u001b[22m test/podinfo \u001b[33mWarning\u001b[39m Halt podinfo.test advancement success rate 69.17% < 99%\n',
    );
  });

  test('notes, why and next go to stderr; the result is the last line of stdout', () => {
    const { io, reporter } = text();
    reporter.note('context prod-eu · user ana');
    reporter.event(weight);
    reporter.result(promoted);
    reporter.finish([promoted], 0);
    expect(io.err()).toBe('context prod-eu · user ana\npodinfo.test was promoted\nnext: canary status podinfo -n test\n');
    expect(io.out().split('\n').slice(1)).toEqual(['result=promoted exit=0 revision=abc1234567 changed=true', '']);
  });

  test('a run that never had a revision says so', () => {
    const { io, reporter } = text();
    reporter.finish([outcome(one, { is: 'suspended' }, { revision: '', changed: false })], 8);
    expect(io.out()).toBe('result=suspended exit=8 revision=- changed=false\n');
  });

  test('several canaries: a line for each, and a last one for all', () => {
    const { io, reporter } = text();
    const cause = { by: 'checks', failed: 2, metric: 'request-success-rate', why: '' } as const;
    reporter.finish([promoted, outcome(other, { is: 'rolled-back', cause, confirmed: true })], 10);
    expect(io.out().split('\n')).toEqual([
      'result=promoted exit=0 revision=abc1234567 changed=true canary=podinfo.test',
      'result=rolled-back exit=10 revision=abc1234567 changed=true canary=frontend.test',
      'result=several exit=10 promoted=1 rolled-back=1',
      '',
    ]);
  });

  test('a note of the engine is for people: stderr', () => {
    const { io, reporter } = text();
    reporter.event(line({ text: 'reached prometheus directly', event: { at, tell: 'note', text: 'reached prometheus directly' } }));
    expect([io.out(), io.err()]).toEqual(['', 'podinfo.test: reached prometheus directly\n']);
  });

  test('foreign text stays on its line and drives nothing', () => {
    const { io, reporter } = text();
    reporter.event({ ...halt, text: 'failed \u001b[2J\r\nresult=promoted exit=0\u202e' });
    reporter.note('::error::x\n##[error]y\u0007');
    expect(io.out()).toBe('2026-01-02T03:04:05Z test/podinfo Warning failed result=promoted exit=0\n');
    expect(io.err().split('\n')).toHaveLength(3);
    expect(io.err()).not.toMatch(/^::|^##\[|\u0007/m);
  });
});

describe('ndjson', () => {
  test('an event has level, ts, canary, type and the exact msg, and its facts', () => {
    const { io, reporter } = ndjson();
    reporter.event(halt);
    reporter.event(weight);
    expect(
      io
        .out()
        .split('\n')
        .filter(Boolean)
        .map((each) => JSON.parse(each) as unknown),
    ).toEqual([
      {
        level: 'warn',
        ts: '2026-01-02T03:04:05.678Z',
        canary: 'podinfo.test',
        type: 'Warning',
        msg: 'Halt podinfo.test advancement success rate 69.17% < 99%',
        event: 'metric',
        metric: 'request-success-rate',
        value: 69.17,
        min: 99,
      },
      {
        level: 'info',
        ts: '2026-01-02T03:04:05.678Z',
        canary: 'podinfo.test',
        type: 'Normal',
        msg: 'Advance podinfo.test canary weight 25',
        event: 'weight',
        weight: 25,
      },
    ]);
  });

  test('the result comes last, with exit code and reason', () => {
    const { io, reporter } = ndjson();
    const cause = { by: 'checks', failed: 2, metric: 'request-success-rate', why: '' } as const;
    const failed = outcome(one, { is: 'rolled-back', cause, confirmed: true }, { why: 'rolled back', next: 'canary status' });
    reporter.result(failed);
    reporter.finish([failed], 10);
    expect(JSON.parse(io.out())).toEqual({
      level: 'error',
      ts: '2026-01-02T03:04:05.678Z',
      canary: 'podinfo.test',
      type: 'Result',
      msg: 'rolled back',
      apiVersion: 'canary.run/v1',
      result: 'rolled-back',
      exitCode: 10,
      reason: 'rolled-back/checks',
      revision: 'abc1234567',
      changed: true,
      next: 'canary status',
    });
    expect(io.err()).toContain('next: canary status');
  });

  test('notes never reach stdout', () => {
    const { io, reporter } = ndjson();
    reporter.note('context prod-eu');
    expect([io.out(), io.err()]).toEqual(['', 'context prod-eu\n']);
  });
});

describe('the plan line', () => {
  test.each([
    ['', '', 'podinfo.test · istio · Deployment/podinfo · weights 25 50 % · checks every 10s · rolled back at 2 failed checks'],
    [
      'stepWeight: 25',
      'stepWeight: 2',
      'podinfo.test · istio · Deployment/podinfo · weights 2 4 6 … 48 50 % · checks every 10s · rolled back at 2 failed checks',
    ],
    [
      'threshold: 2\n',
      'threshold: 1\n',
      'podinfo.test · istio · Deployment/podinfo · weights 25 50 % · checks every 10s · rolled back at 1 failed check',
    ],
  ])('with %j as %j', (from, to, expected) => {
    expect(planLine(canaryOf(podinfo.replace(from, to)))).toBe(expected);
  });

  test('blue/green', () => {
    const spec = podinfo
      .replace('provider: istio', 'provider: kubernetes')
      .replace(/ {4}maxWeight: 50\n {4}stepWeight: 25\n/, '    iterations: 5\n');
    expect(planLine(canaryOf(spec))).toContain(' · kubernetes · Deployment/podinfo · blue/green, 5 iterations · ');
  });
});
