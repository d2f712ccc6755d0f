// The pipeline jobs of examples/gitops: well-formed, and their commands played on a sandbox, with a version that is good and one that is not.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { enterCopy, type Copy } from './copy.ts';
import { actions, github, gitlab, jobs, runJob } from './jobs.ts';
import { openTerminal, type Terminal } from './terminal.ts';

let copy: Copy;
let terminal: Terminal;

beforeEach(() => {
  copy = enterCopy();
  terminal = openTerminal();
});

afterEach(async () => {
  await terminal.close();
  copy.leave();
});

/** A cluster after the first run. */
async function prepare(): Promise<void> {
  const files = ['canary', 'deployment', 'hpa'].map((name) => `examples/gitops/${name}.yaml`).join(' ');
  await type(`canary sandbox start ${files} --port 8001 --kubeconfig sandbox.kubeconfig`);
  await type('export KUBECONFIG=sandbox.kubeconfig http_proxy=http://127.0.0.1:8001');
  await type('canary run examples/gitops/canary.yaml');
}

function type(line: string): Promise<string[]> {
  return terminal.type(line, () => true);
}

describe.each(Object.entries(jobs))('%s', (_, job) => {
  test('is green with a version that is promoted', async () => {
    await prepare();
    const { exit, lines, healed } = await runJob(job, '3.1.1', type);
    expect([exit, healed, lines.at(-1)]).toEqual([0, 0, expect.stringMatching(/^result=promoted exit=0 /)]);
    expect(lines).toContain('applied Deployment/podinfo (changed)');
  });

  test('is red with a version that is rolled back', async () => {
    await prepare();
    await type('canary sandbox fault podinfo:3.1.2 --errors 66%');
    const { exit, lines, healed } = await runJob(job, '3.1.2', type);
    expect([exit, healed, lines.at(-1)]).toEqual([10, 0, expect.stringMatching(/^result=rolled-back exit=10 /)]);
  });

  test('lets canary hear signals, and heals whatever happened', () => {
    expect(job.commands.filter((command) => command.includes('canary run '))).toEqual([expect.stringMatching(/^exec canary run /)]);
    expect(job.always).toEqual(['canary heal podinfo -n test']);
  });
});

test('one release at a time, and only a promoted image is committed', () => {
  expect([github.concurrency, gitlab.resource_group]).toEqual(['release-podinfo', 'release-podinfo']);
  expect(Object.keys(github.jobs.release.env)).toEqual(['TAG', 'METRICS_URL']);
  const names = actions.map(({ run = '' }) => (run.includes('canary run ') ? 'release' : run.includes('git commit ') ? 'commit' : 'other'));
  expect(names.filter((name) => name !== 'other')).toEqual(['release', 'commit']);
  expect(actions.find(({ run = '' }) => run.includes('git commit '))?.if).toBeUndefined();
});
