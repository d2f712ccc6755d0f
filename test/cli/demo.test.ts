// `canary demo`, in virtual time and as a process: the story of the seed documents, line by line.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { main } from '../../src/cli/main.ts';
import { realParts } from '../../src/cli/parts.ts';
import { fakeIo, fakeParts } from './fake-io.ts';

/** In virtual time a demo takes as long as its computing. */
const virtualParts = fakeParts({
  ...realParts,
  sandbox: (options) => realParts.sandbox({ ...options, clock: 'virtual' }),
});

/** The event texts, in order, each once. */
function said(out: string): string[] {
  return out.split('\n').flatMap((line) => /^\S+Z \S+ (?:Normal|Warning) (.*)$/.exec(line)?.[1] ?? []);
}

const weights = Array.from({ length: 10 }, (_, at) => `Advance podinfo.test canary weight ${(at + 1) * 5}`);

describe('the story', () => {
  let out = '';
  let exit = -1;
  beforeAll(async () => {
    const io = fakeIo();
    exit = await main(['demo'], io, virtualParts);
    out = io.out();
    if (exit !== 0) throw new Error(`${out}\n${io.err()}`);
  });

  test('ends as it should: exit 0, and the failing run says 10', () => {
    expect(exit).toBe(0);
    expect(out.match(/^result=.*$/gm)?.map((line) => line.replace(/[0-9a-f]{10}/, '…'))).toEqual([
      expect.stringMatching(/^result=initialized exit=0 /),
      'result=promoted exit=0 revision=… changed=true',
      expect.stringMatching(/^result=rolled-back exit=10 revision=… changed=/),
    ]);
  });

  test('promotes 3.1.1 with every line of the seed, in its order', () => {
    const lines = said(out.slice(out.indexOf('3.1.1\n'), out.indexOf('podinfo:3.1.2')));
    const seed = [
      'New revision detected podinfo.test',
      'Scaling up podinfo.test',
      expect.stringMatching(/^Waiting for podinfo\.test rollout to finish: 0 of 1 updated replicas are available$/),
      'Starting canary deployment for podinfo.test',
      ...weights,
      'Copying podinfo.test template spec to podinfo-primary.test',
    ];
    expect(lines.filter((line) => !/^Waiting for .*: (?!0 of 1)/.test(line)).slice(0, seed.length)).toEqual(seed);
    expect(
      lines.find((line) => /^Waiting for podinfo-primary\.test rollout to finish: 1 of 2 updated replicas are available$/.test(line)),
    ).toBeDefined();
    expect(lines.at(-1)).toBe('Promotion completed! Scaling down podinfo.test');
  });

  test('rolls 3.1.2 back with every line of the seed, in its order', () => {
    const lines = said(out.slice(out.indexOf('podinfo:3.1.2')));
    const from = lines.indexOf('Starting canary deployment for podinfo.test');
    expect(from).toBeGreaterThan(0);
    const halts = lines.filter((line) => line.startsWith('Halt '));
    expect(lines.slice(from)).toEqual([
      'Starting canary deployment for podinfo.test',
      ...weights.slice(0, 3),
      ...halts,
      'Rolling back podinfo.test failed checks threshold reached 10',
      'Canary failed! Scaling down podinfo.test',
    ]);
    for (const halt of halts) expect(halt).toMatch(/^Halt podinfo\.test advancement success rate \d\d\.\d\d% < 99%$/);
    // Measured, not written down: the rate falls as the minute before the fault leaves the window.
    const rates = halts.map((halt) => Number(/[\d.]+(?=% <)/.exec(halt)?.[0]));
    expect(new Set(rates).size).toBeGreaterThan(3);
  });

  test('ends with the status table', () => {
    expect(out.slice(out.indexOf('$ canary status -A')).split('\n').slice(1, 3)).toEqual([
      'NAMESPACE   NAME      STATUS   WEIGHT   LASTTRANSITIONTIME',
      expect.stringMatching(/^test {8}podinfo {3}Failed {3}0 {8}\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    ]);
  });
});

describe('a signal in the middle is no failure of the demo: its own exit code', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s', async (name, code) => {
    let sent = false;
    const io = fakeIo({
      onWrite(text) {
        if (sent || !text.includes('canary weight 10\n')) return;
        sent = true;
        io.send(name);
      },
    });
    expect(await main(['demo'], io, virtualParts)).toBe(code);
    expect(io.out()).toMatch(new RegExp(`\\nresult=parked exit=${code} [^\\n]*\\n$`));
    expect(io.err()).not.toContain('error:');
  });
});

test('as a process', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const set = spawnSync('node', [join(root, 'tools/setup.mjs')], { encoding: 'utf8' });
  expect(set).toMatchObject({ status: 0 });
  const { status, stdout, stderr } = spawnSync('node', [join(root, 'bin/canary.js'), 'demo', '--speed', '20'], { encoding: 'utf8' });
  expect([status, stderr.includes('error')]).toEqual([0, false]);
  expect(stdout).toContain('Promotion completed! Scaling down podinfo.test\n');
  expect(stdout).toContain('result=rolled-back exit=10 ');
}, 120_000);
