// `canary run`: what the engine is handed, what is printed around it, and which exit code comes out. The engine itself is replaced.
import { describe, expect, test } from '@jest/globals';
import type { Result } from '../../src/core/types.ts';
import { main } from '../../src/cli/main.ts';
import type { RunRequest } from '../../src/runner/types.ts';
import { ends, run } from './engine.ts';
import { fakeIo, fakeParts } from './fake-io.ts';
import { broken, frontend, podinfo } from './specs.ts';
import { fakeWorld } from './worlds.ts';

const checks = { by: 'checks', failed: 2, metric: 'request-success-rate', why: 'success rate 69.17% < 99%' } as const;

describe('exit codes of outcomes', () => {
  test.each<[Result, number, string]>([
    [{ is: 'promoted' }, 0, 'promoted'],
    [{ is: 'initialized' }, 0, 'initialized'],
    [{ is: 'unchanged' }, 0, 'unchanged'],
    [{ is: 'suspended' }, 8, 'suspended'],
    [{ is: 'failed-before' }, 10, 'failed-before'],
    [{ is: 'rolled-back', cause: checks, confirmed: true }, 10, 'rolled-back'],
    [{ is: 'rolled-back', cause: { by: 'deadline', side: 'canary', why: '' }, confirmed: true }, 11, 'rolled-back'],
    [{ is: 'not-initialized', cause: { by: 'deadline', side: 'primary', why: '' } }, 11, 'not-initialized'],
    [{ is: 'rolled-back', cause: { by: 'timeout', why: '' }, confirmed: true }, 13, 'rolled-back'],
    [{ is: 'rolled-back', cause: { by: 'trouble', why: '' }, confirmed: true }, 14, 'rolled-back'],
    [{ is: 'superseded', revision: 'x' }, 15, 'superseded'],
    [{ is: 'rolled-back', cause: checks, confirmed: false }, 20, 'rolled-back'],
    [{ is: 'parked', by: 'SIGHUP', traffic: 'primary' }, 129, 'parked'],
    [{ is: 'parked', by: 'SIGINT', traffic: 'primary' }, 130, 'parked'],
    [{ is: 'parked', by: 'SIGTERM', traffic: 'primary' }, 143, 'parked'],
  ])('%j is %d', async (result, exit, word) => {
    const ran = await run(podinfo, ends(result));
    expect(ran.exit).toBe(exit);
    expect(ran.io.out()).toBe(`result=${word} exit=${exit} revision=abc1234567 changed=true\n`);
  });

  test('of several canaries: the worst, with a line for each', async () => {
    const ran = await run(`${podinfo}---\n${frontend}`, ends({ is: 'promoted' }, { is: 'rolled-back', cause: checks, confirmed: true }));
    expect(ran.exit).toBe(10);
    expect(ran.io.out().trimEnd().split('\n').at(-1)).toBe('result=several exit=10 promoted=1 rolled-back=1');
  });
});

describe('what the engine is handed', () => {
  test('the defaults', async () => {
    const { requests } = await run(podinfo, ends());
    expect(requests[0]).toMatchObject({
      options: { noRetry: false, drain: 10_000, onInterrupt: 'park' },
      takeover: false,
      timeout: 6 * 3_600_000,
      watch: true,
    });
    expect(requests[0]?.options).not.toHaveProperty('image');
    expect([requests[0]?.queue, requests[0]?.wait]).toEqual([undefined, undefined]);
    expect(requests[0]?.canaries.map(({ name }) => name)).toEqual(['podinfo']);
    expect(requests[0]?.host).toMatch(/^.+@.+$/);
    expect(requests[0]?.random()).toMatch(/^[0-9a-f]{16}$/);
  });

  test('every flag', async () => {
    const flags = ['--image', 'podinfod=a/b:1', '--timeout', '10m', '--drain', '0s', '--on-interrupt', 'hold', '--takeover', '--no-retry'];
    const more = ['--provider', 'istio', '--metrics-url', 'http://prom:9090'];
    const { requests } = await run(podinfo, ends(), ...flags, ...more);
    expect(requests[0]).toMatchObject({
      options: { image: { container: 'podinfod', reference: 'a/b:1' }, noRetry: true, drain: 0, onInterrupt: 'hold' },
      takeover: true,
      timeout: 600_000,
    });
    expect(requests[0]?.canaries[0]?.metricsServer).toBe('http://prom:9090');
  });

  test.each([
    [['--wait'], 30 * 60_000],
    [['--wait=10m'], 600_000],
    [['--wait', '90s'], 90_000],
    [['--wait', '--queue'], 30 * 60_000],
  ])('%j waits so long', async (flags, wait) => {
    const { requests } = await run(podinfo, ends(), ...flags);
    expect(requests[0]?.wait).toBe(wait);
  });

  test('a bare --wait before FILE leaves the file alone', async () => {
    const io = fakeIo({ stdin: podinfo });
    const requests: RunRequest[] = [];
    const parts = fakeParts({
      cluster: () => Promise.resolve(fakeWorld()),
      run: (request) => {
        requests.push(request);
        return ends()(request, io);
      },
    });
    expect(await main(['run', '--wait', '-'], io, parts)).toBe(0);
    expect(requests[0]?.wait).toBe(30 * 60_000);
  });

  test.each<[string[], string]>([
    [[], 'auto'],
    [['--reach', 'port-forward'], 'port-forward'],
  ])('%j is the way to Services', async (flags, reach) => {
    const asked: unknown[] = [];
    const io = fakeIo({ stdin: podinfo });
    const parts = fakeParts({
      cluster: (options) => (asked.push(options), Promise.resolve(fakeWorld())),
      run: (request) => ends()(request, io),
    });
    expect(await main(['run', '-', ...flags], io, parts)).toBe(0);
    expect(asked).toEqual([{ reach }]);
  });

  test.each(['text', 'ndjson'])('the way that was taken is told among the notes (%s)', async (format) => {
    const io = fakeIo({ stdin: podinfo });
    let tell: (line: string) => void = () => undefined;
    const hear = (listener: (line: string) => void): void => void (tell = listener);
    const parts = fakeParts({
      cluster: () => Promise.resolve({ ...fakeWorld(), hear }),
      run: (request) => {
        tell('reach prometheus.test:9090: directly');
        return ends()(request, io);
      },
    });
    expect(await main(['run', '-', '-o', format], io, parts)).toBe(0);
    expect(io.err()).toContain('reach prometheus.test:9090: directly\n');
    expect(io.out()).not.toContain('reach');
  });

  test('--queue', async () => {
    const { requests } = await run(podinfo, ends(), '--queue');
    expect(requests[0]).toMatchObject({ queue: true, takeover: false });
  });

  test('--set goes into the canary before it is checked, as often as it is given', async () => {
    const { requests } = await run(podinfo, ends(), '--set', 'spec.analysis.interval=30s', '--set', 'spec.analysis.threshold=7');
    expect(requests[0]?.canaries[0]).toMatchObject({ interval: 30_000, threshold: 7 });
  });

  test('--image without a container', async () => {
    const { requests } = await run(podinfo, ends(), '--image', 'registry:5000/a/b@sha256:00');
    expect(requests[0]?.options.image).toEqual({ reference: 'registry:5000/a/b@sha256:00' });
  });

  test('a file without a namespace goes to that of the context', async () => {
    const { requests } = await run(podinfo.replace('  namespace: test\n', ''), ends());
    expect(requests[0]?.canaries[0]?.namespace).toBe('test');
  });
});

describe('around the engine', () => {
  test('the context comes first, then the plan; both on stderr', async () => {
    const { io, world } = await run(podinfo, ends());
    expect(io.err().split('\n').slice(0, 2)).toEqual([
      'context prod-eu · user ana',
      'plan podinfo.test · istio · Deployment/podinfo · weights 25 50 % · checks every 10s · rolled back at 2 failed checks · metrics http://prometheus:9090 · timeout 6h',
    ]);
    expect([world.closed(), io.listeners()]).toEqual([1, 0]);
  });

  test('objects beside the canaries are named as not applied', async () => {
    const { io, exit } = await run(`${podinfo}---\napiVersion: v1\nkind: Service\nmetadata:\n  name: podinfo\n`, ends());
    expect(exit).toBe(0);
    expect(io.err()).toMatch(/note: stdin:\d+:\d+: Service\/podinfo is not applied by this command\n/);
  });

  test('an invalid file is exit 3 before anybody connects', async () => {
    const io = fakeIo({ stdin: broken });
    expect(await main(['run', '-'], io, fakeParts())).toBe(3);
    expect(io.err()).toContain('thresold');
  });

  test.each([
    [['--queue', '--takeover'], 2, '--queue and --takeover exclude each other'],
    [['--wait=soon'], 2, '--wait: expected a duration'],
    [['--wait', '--sandbox'], 2, '--wait and --sandbox exclude each other'],
    [['--queue', '--sandbox'], 2, '--queue and --sandbox exclude each other'],
    [['--reach', 'proxy', '--sandbox'], 2, '--reach and --sandbox exclude each other: the sandbox answers every address itself'],
    [['--reach', 'tunnel'], 2, 'auto, direct, proxy, port-forward'],
    [['--set', 'spec.analysis.threshold'], 3, 'expected path=value'],
    [['--set', 'spec.analysis.thresold=7'], 3, 'thresold'],
  ])('%j is refused before anybody connects', async (flags, exit, said) => {
    const io = fakeIo({ stdin: podinfo });
    expect(await main(['run', '-', ...flags], io, fakeParts())).toBe(exit);
    expect(io.err()).toContain(said);
  });

  test('validate checks what --set makes of the file', async () => {
    const io = fakeIo({ stdin: podinfo });
    expect(await main(['validate', '-', '--set', 'spec.analysis.stepWeight=10'], io, fakeParts())).toBe(0);
    expect(io.out()).toContain('weights 10 20 30 40 50 %');
  });

  test('--image with several canaries is refused', async () => {
    const io = fakeIo({ stdin: `${podinfo}---\n${frontend}` });
    expect(await main(['run', '-', '--image', 'x:1'], io, fakeParts())).toBe(2);
  });

  test('-o ndjson: nothing but JSON on stdout', async () => {
    const { io } = await run(podinfo, ends(), '-o', 'ndjson');
    expect(
      io
        .out()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toMatchObject([{ type: 'Result', exitCode: 0, result: 'promoted' }]);
  });

  test('a failing engine still closes the world and stops listening', async () => {
    const { exit, io, world } = await run(podinfo, () => Promise.reject(new Error('boom')));
    expect(exit).toBe(1);
    expect([world.closed(), io.listeners()]).toEqual([1, 0]);
  });
});
