// `canary delete`: asking first, what is printed, and the exit code. With the runner replaced, and once for real on the sandbox.
import { describe, expect, test } from '@jest/globals';
import { main } from '../../src/cli/main.ts';
import type { Parts } from '../../src/cli/parts.ts';
import type { Canary } from '../../src/contracts.ts';
import { OwnedError, PreflightError } from '../../src/errors.ts';
import { remove } from '../../src/runner/remove.ts';
import type { Outcome, RemoveRequest } from '../../src/runner/types.ts';
import { loadCanaries } from '../../src/spec/load.ts';
import { stage } from '../support/stage.ts';
import { fakeIo, fakeParts, type FakeIo, type FakeOptions } from './fake-io.ts';
import { podinfo } from './specs.ts';
import { fakeWorld, outcome } from './worlds.ts';

interface Ran {
  readonly exit: number;
  readonly io: FakeIo;
  readonly requests: RemoveRequest[];
  readonly closed: number;
}

interface Given {
  readonly remove?: (request: RemoveRequest, io: FakeIo) => Promise<Outcome | undefined>;
  readonly io?: FakeOptions;
  /** Somebody sits before it. */
  readonly isTerminal?: boolean;
}

async function run(argv: readonly string[], given: Given = {}): Promise<Ran> {
  const plain = fakeIo(given.io);
  const io: FakeIo = given.isTerminal ? Object.assign(Object.create(plain) as FakeIo, { stderr: { ...plain.stderr, isTTY: true } }) : plain;
  const world = fakeWorld();
  const requests: RemoveRequest[] = [];
  const parts = fakeParts({
    cluster: () => Promise.resolve(world),
    remove: (request) => {
      requests.push(request);
      return (given.remove ?? gone)(request, plain);
    },
  });
  return { exit: await main(['delete', ...argv], io, parts), io: plain, requests, closed: world.closed() };
}

const gone = (): Promise<Outcome> => Promise.resolve(outcome(canary(), { is: 'deleted' }));

function canary(): Canary {
  const [one] = loadCanaries([{ name: 'canary.yaml', text: podinfo }], { defaultNamespace: 'test' }).canaries;
  if (!one) throw new Error('no canary');
  return one;
}

describe('asking', () => {
  test('--yes asks nothing', async () => {
    const { exit, io, requests, closed } = await run(['podinfo', '--yes']);
    expect([exit, closed]).toEqual([0, 1]);
    expect(requests[0]).toMatchObject({ name: 'podinfo', namespace: 'test', drain: 10_000, watch: true });
    expect(io.out()).toBe('result=deleted exit=0 revision=abc1234567 changed=true\n');
    expect(io.err()).toBe('context prod-eu · user ana\n');
  });

  test('without a terminal and without --yes: exit 2 before anybody connects', async () => {
    const io = fakeIo({ stdin: 'yes\n' });
    expect(await main(['delete', 'podinfo'], io, fakeParts())).toBe(2);
    expect(io.err()).toContain('next: add --yes');
  });

  test.each(['yes\n', ' YES \n'])('%j on a terminal is a yes', async (typed) => {
    const { exit, io, requests } = await run(['podinfo', '-n', 'prod'], { isTerminal: true, io: { stdin: typed } });
    expect([exit, requests[0]?.namespace]).toEqual([0, 'prod']);
    expect(io.err()).toContain('give back everything of podinfo.prod in context prod-eu?');
    expect(io.err()).toContain('the Services and routing objects that canary made, go too; type yes: ');
  });

  test.each(['y\n', 'no\n', '\n', ''])('%j on a terminal is a no: exit 2, and nothing is changed', async (typed) => {
    const { exit, io, requests, closed } = await run(['podinfo'], { isTerminal: true, io: { stdin: typed } });
    expect([exit, requests, closed]).toEqual([2, [], 1]);
    expect(io.err()).toContain('not confirmed: nothing was changed');
  });
});

describe('how it ends', () => {
  test('what was finished before is told as deleted', async () => {
    const { exit, io } = await run(['podinfo', '--yes'], { remove: () => Promise.resolve(undefined) });
    expect([exit, io.out()]).toEqual([0, 'result=deleted exit=0 revision=- changed=true\n']);
  });

  test.each([
    [new PreflightError('there is no canary podinfo in namespace test'), 6],
    [new OwnedError('taken'), 7],
  ])('%s: exit %i', async (error, exit) => {
    const ran = await run(['podinfo', '--yes'], { remove: () => Promise.reject(error) });
    expect([ran.exit, ran.closed, ran.io.listeners()]).toEqual([exit, 1, 0]);
    expect(ran.io.err()).toContain(`error: ${error.message}`);
  });

  test('Ctrl-C is an intent, and what is said names the command that goes on', async () => {
    const { exit, io } = await run(['podinfo', '--yes'], {
      remove: (request, typed) => {
        typed.send('SIGINT');
        expect(request.intents.list()).toMatchObject([{ verb: 'stop', by: 'SIGINT' }]);
        return Promise.resolve(outcome(canary(), { is: 'parked', by: 'SIGINT', traffic: 'as-is' }, { changed: false }));
      },
    });
    expect([exit, io.out()]).toEqual([130, 'result=parked exit=130 revision=abc1234567 changed=false\n']);
    expect(io.err()).toContain('SIGINT: stopping here; canary delete podinfo -n test goes on');
  });

  test('a second Ctrl-C leaves at once, whatever is under way', async () => {
    const { exit, io, closed } = await run(['podinfo', '--yes'], {
      remove: (_, typed) => {
        typed.send('SIGINT');
        typed.pass(1_500);
        typed.send('SIGINT');
        return new Promise(() => undefined);
      },
    });
    expect([exit, closed, io.out()]).toEqual([130, 1, '']);
    expect(io.err()).toContain('left at once; next: canary delete podinfo -n test');
  });
});

test('for real: the lines that people know, and the last one; again there is nothing to delete', async () => {
  const target = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: podinfo
spec:
  selector: { matchLabels: { app: podinfo } }
  template:
    metadata: { labels: { app: podinfo } }
    spec: { containers: [{ name: podinfod, image: 'podinfo:3.1.0' }] }
`;
  const at = await stage('test', `${target}---\n${podinfo}`, { queries: [['', 99.9]] });
  await at.run();
  const parts: Parts = fakeParts({ cluster: () => Promise.resolve(at.sandbox.asWorld('test')), remove });
  const [first, again] = [fakeIo(), fakeIo()];
  expect(await main(['delete', 'podinfo', '--yes'], first, parts)).toBe(0);
  const lines = first.out().trimEnd().split('\n');
  expect(lines[0]).toMatch(/ test\/podinfo Normal Terminating canary podinfo\.test$/);
  expect(lines.at(-2)).toMatch(/ test\/podinfo Normal Terminated canary podinfo\.test$/);
  expect(lines.at(-1)).toMatch(/^result=deleted exit=0 revision=[0-9a-f]{10} changed=true$/);
  expect(first.err()).toContain('podinfo.test is deleted: its objects are as they were before');
  expect(await main(['delete', 'podinfo', '--yes'], again, parts)).toBe(6);
  expect(again.err()).toContain('there is no canary podinfo in namespace test');
});
