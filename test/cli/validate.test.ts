// `canary validate`: offline, every problem in one go.
import { describe, expect, test } from '@jest/globals';
import { main } from '../../src/cli/main.ts';
import { fakeIo, fakeParts } from './fake-io.ts';
import { broken, frontend, podinfo } from './specs.ts';

async function validate(stdin: string, ...flags: string[]): Promise<{ exit: number; out: string; err: string }> {
  const io = fakeIo({ stdin });
  const exit = await main(['validate', '-', ...flags], io, fakeParts());
  return { exit, out: io.out(), err: io.err() };
}

describe('validate', () => {
  test('says OK and the plan for each canary', async () => {
    expect(await validate(`${podinfo}---\n${frontend}`)).toEqual({
      exit: 0,
      out:
        'OK podinfo.test · istio · Deployment/podinfo · weights 25 50 % · checks every 10s · rolled back at 2 failed checks\n' +
        'OK frontend.test · istio · Deployment/frontend · weights 25 50 % · checks every 10s · rolled back at 2 failed checks\n',
      err: '',
    });
  });

  test('all problems of all documents, with their places; exit 3', async () => {
    const { exit, out, err } = await validate(`${broken}---\n${broken.replaceAll('podinfo', 'frontend')}`);
    expect([exit, out]).toEqual([3, '']);
    const lines = err.trimEnd().split('\n');
    expect(lines.filter((line) => line.includes('thresold'))).toHaveLength(2);
    expect(lines.filter((line) => line.includes('stepWeight'))).toHaveLength(2);
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/^stdin:\d+:\d+: /);
    expect(lines.at(-1)).toMatch(/^error: \d+ problems; nothing was sent to a cluster$/);
  });

  test('a namespace unlike the one in the file is refused', async () => {
    const { exit, err } = await validate(podinfo, '-n', 'prod');
    expect(exit).toBe(3);
    expect(err).toMatch(/^stdin:5:\d+: .*prod/);
  });

  test('no canary is invalid', async () => {
    expect((await validate('')).exit).toBe(3);
  });

  test('other objects are named, not judged', async () => {
    const { exit, err } = await validate(`${podinfo}---\napiVersion: v1\nkind: Service\nmetadata:\n  name: podinfo\n`);
    expect(exit).toBe(0);
    expect(err).toMatch(/^note: stdin:\d+:\d+: Service\/podinfo is applied by run --apply only\n$/);
  });
});
