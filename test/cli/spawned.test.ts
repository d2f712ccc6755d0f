// One run of the real command per exit code that can be brought about without a cluster.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { answering, canary, file, setUp, tidyUp } from './spawn.ts';
import { broken, podinfo } from './specs.ts';

beforeAll(setUp, 300_000);
afterAll(tidyUp);

/** Fast; what goes wrong is in the spec. */
const sandbox = ['--sandbox', '--speed', '20', '--drain', '1s'];

describe('without a cluster', () => {
  test.each(['canary.js', 'kubectl-canary.js'])('bin/%s --version: 0', async (bin) => {
    expect(await canary(['--version'], { bin })).toMatchObject({ code: 0, err: '' });
  });

  test('a wrong flag: 2', async () => {
    const { code, out, err } = await canary(['run', 'x.yaml', '--takover']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('did you mean --takeover?');
  });

  test('an invalid file: 3', async () => {
    expect((await canary(['validate', file('broken.yaml', broken)])).code).toBe(3);
    expect((await canary(['run', file('broken.yaml', broken)])).code).toBe(3);
  });

  test('forbidden: 4', async () => {
    const message = 'leases.coordination.k8s.io is forbidden: User "ana" cannot list resource "leases" in API group "coordination.k8s.io"';
    const said = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Forbidden', code: 403, message };
    const { code, err } = await answering(403, said, (config) => canary(['status', '-A', '--kubeconfig', config]));
    expect(code).toBe(4);
    expect(err).toContain('next: ');
  });

  test('nobody there: 5', async () => {
    // A port that was free a moment ago and is closed again.
    const config = await answering(200, {}, (config) => Promise.resolve(config));
    const { code, err } = await canary(['status', '--kubeconfig', config]);
    expect(code).toBe(5);
    expect(err).toContain('the API server does not answer');
  });

  test('a NAME that is not there: 6', async () => {
    const empty = { kind: 'List', metadata: {}, items: [] };
    expect((await answering(200, empty, (config) => canary(['status', 'nobody', '--kubeconfig', config]))).code).toBe(6);
  });
});

test('status --watch ends with its reader, at the next thing it would print: 0', async () => {
  let look = 0;
  const items = (): object[] => [{ metadata: { name: 'r', namespace: 'test', annotations: { 'canary.run/canary': `podinfo-${look++}` } } }];
  const list = (): object => ({ kind: 'List', metadata: {}, items: items() });
  const { code, err } = await answering(200, list, (config) =>
    canary(['status', '-A', '-w', '--kubeconfig', config], { onOut: (_, child) => void child.stdout?.destroy() }),
  );
  expect([code, err]).toEqual([0, '']);
}, 30_000);

/** What a busy machine does to a simulated Prometheus is not what these tests are about. */
const patient = podinfo.replace('threshold: 2', 'threshold: 20');

describe('on the sandbox', () => {
  test('promoted: 0, with the result last on stdout', async () => {
    const { code, out, err } = await canary(['run', file('good.yaml', patient), ...sandbox]);
    expect(err).not.toContain('error:');
    expect(out).toMatch(
      /Advance podinfo\.test canary weight 25\n[^]*canary weight 50\n[^]*Promotion completed! Scaling down podinfo\.test\n/,
    );
    expect(out).toMatch(/\nresult=promoted exit=0 revision=[0-9a-f]+ changed=true\n$/);
    expect(code).toBe(0);
  });

  test('suspended: 8', async () => {
    expect((await canary(['run', file('suspended.yaml', podinfo.replace('spec:', 'spec:\n  suspend: true')), ...sandbox])).code).toBe(8);
  });

  test('failed checks: 10', async () => {
    const strict = podinfo
      .replace('request-success-rate', 'request-duration')
      .replace('min: 99', 'max: 0.001')
      .replace('threshold: 2', 'threshold: 5');
    const { code, out } = await canary(['run', file('strict.yaml', strict), ...sandbox]);
    expect(out).toMatch(
      /Halt podinfo\.test advancement request duration [^\n]* > [^\n]*\n[^]*Rolling back podinfo\.test failed checks threshold reached 5\n/,
    );
    expect(out).toMatch(/\nresult=rolled-back exit=10 /);
    expect(code).toBe(10);
  });

  test('pods that never become ready: 11', async () => {
    const impatient = podinfo.replace('spec:', 'spec:\n  progressDeadlineSeconds: 20');
    const { code } = await canary(['run', file('impatient.yaml', impatient), ...sandbox, '--image', 'example.com/podinfo:broken']);
    expect(code).toBe(11);
  });

  test('--timeout: 13', async () => {
    const slow = patient.replace('stepWeight: 25', 'stepWeight: 1');
    expect((await canary(['run', file('slow.yaml', slow), ...sandbox, '--timeout', '40s'])).code).toBe(13);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s in the middle: parked, %d', async (name, expected) => {
    let sent = false;
    const { code, out, err } = await canary(['run', file('stopped.yaml', patient.replace('stepWeight: 25', 'stepWeight: 5')), ...sandbox], {
      onOut(text, child) {
        if (sent || !text.includes('canary weight 10\n')) return;
        sent = true;
        child.kill(name);
      },
    });
    expect(err).toContain(`${name}: parking: traffic goes to the side that is ready`);
    expect(out).toMatch(new RegExp(`\\nresult=parked exit=${expected} `));
    expect(code).toBe(expected);
  });

  test('a second signal leaves at once, with nothing that holds the process', async () => {
    let sent = false;
    const slow = ['--sandbox', '--speed', '10', '--drain', '40s', '--on-interrupt', 'rollback'];
    const { code, out, err } = await canary(['run', file('left.yaml', patient), ...slow], {
      onOut(text, child) {
        if (sent || !text.includes('canary weight 25\n')) return;
        sent = true;
        child.kill('SIGINT');
        setTimeout(() => child.kill('SIGINT'), 1200);
      },
    });
    expect(err).toContain('SIGINT: rolling back, then leaving (again after 1 s: leave at once)\n');
    expect(err).toContain('SIGINT again: left at once, traffic stands as last written and is not read back: podinfo.test\n');
    expect(err).toContain('next: canary heal podinfo -n test\n');
    expect(out).not.toContain('result=');
    expect(code).toBe(130);
  });

  test('a reader that goes away changes nothing: still 0', async () => {
    const { code, err } = await canary(['run', file('good.yaml', patient), ...sandbox], {
      onOut: (_, child) => void child.stdout?.destroy(),
    });
    expect(err).toContain('is promoted');
    expect(code).toBe(0);
  });
});
