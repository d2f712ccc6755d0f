// The judge of the walk-throughs: it refuses what it does not know, and sees what is not as shown.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { enterCopy, type Copy } from './copy.ts';
import { isAsShown, leftOut } from './readme.ts';
import { openTerminal } from './terminal.ts';

let copy: Copy;

beforeAll(() => {
  copy = enterCopy();
});

afterAll(() => copy.leave());

describe('the terminal refuses', () => {
  test.each([
    ['helm install flagger', 'knows no such command: helm install flagger'],
    ['canary status -A | head', 'exit 2'],
    ['kubectl get deploy -n test', 'no sandbox is started yet'],
    ['canary status -A', 'exit 1'],
    ['wait %1', 'there is no job to wait for'],
    ['sed -n p examples/podinfo/canary.yaml', 'knows no such command: sed'],
  ])('%s', async (line, words) => {
    const terminal = openTerminal();
    const said = await terminal.type(line, () => true).then(
      async (lines) => [...lines, `exit ${(await terminal.type('echo $?', () => true)).join()}`].join('\n'),
      (error: unknown) => String(error),
    );
    expect(said).toContain(words);
  });

  test.each(['kubectl delete deployment podinfo -n test', 'kubectl get pods -n test', 'kubectl get deploy podinfo -o json'])(
    '%s, though there is a sandbox',
    async (line) => {
      const terminal = openTerminal();
      const type = (text: string): Promise<string[]> => terminal.type(text, () => true);
      await type('canary sandbox start examples/podinfo --port 8001 --kubeconfig sandbox.kubeconfig');
      await expect(type('canary run examples/podinfo/canary.yaml')).rejects.toThrow('http_proxy does not lead to the sandbox');
      await type('export KUBECONFIG=sandbox.kubeconfig http_proxy=http://127.0.0.1:8001');
      await expect(type(line)).rejects.toThrow('the test knows no');
      await terminal.close();
    },
  );
});

describe('as shown', () => {
  const lines = ['2026-01-01T00:00:05Z test/podinfo Warning Halt podinfo.test advancement success rate 69.17% < 99%', 'a', 'b'];
  const later = ['2027-11-21T10:11:12Z test/podinfo Warning Halt podinfo.test advancement success rate 7.05% < 99%', 'a', 'b'];

  test('but for times and shares', () => expect(isAsShown(lines, later)).toBe(true));

  test.each([
    ['a word', [later[0]?.replace('Halt', 'Stop') ?? '', 'a', 'b']],
    ['a limit', [later[0]?.replace('99%', '98%') ?? '', 'a', 'b']],
    ['a line too few', later.slice(0, 2)],
    ['a line too many', [...later, 'c']],
    ['another order', [later[0] ?? '', 'b', 'a']],
  ])('%s makes a difference', (_, shown) => expect(isAsShown(lines, shown)).toBe(false));

  test('what is left out may be anything, what is not may not', () => {
    expect(isAsShown(lines, [leftOut])).toBe(true);
    expect(isAsShown(lines, [leftOut, 'a', leftOut])).toBe(true);
    expect(isAsShown(lines, [leftOut, 'c', leftOut])).toBe(false);
    expect(isAsShown(lines, [leftOut, 'a'])).toBe(false);
  });
});
