// The pipeline jobs of examples/gitops: well-formed, and their commands played on a sandbox, with a version that is good and one that is not.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { enterCopy, type Copy } from './copy.ts';
import { examples } from './readme.ts';
import { openTerminal, type Terminal } from './terminal.ts';

interface Action {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
}

interface Workflow {
  readonly concurrency: string;
  readonly jobs: { readonly release: { readonly env: Readonly<Record<string, string>>; readonly steps: readonly Action[] } };
}

interface Pipeline {
  readonly 'release-podinfo': {
    readonly resource_group: string;
    readonly script: readonly string[];
    readonly after_script: readonly string[];
  };
}

function read(name: string): unknown {
  return load(readFileSync(new URL(`gitops/${name}`, examples), 'utf8'));
}

const { concurrency, jobs } = read('pipelines/github-actions.yaml') as Workflow;
const { 'release-podinfo': gitlab } = read('pipelines/gitlab-ci.yaml') as Pipeline;
const steps = jobs.release.steps;

/** What a runner does whatever came before, and what it does only while all is well. */
interface Job {
  readonly commands: readonly string[];
  readonly always: readonly string[];
}

const played: Readonly<Record<string, Job>> = {
  'pipelines/github-actions.yaml': {
    commands: steps.flatMap(({ run, if: when }) => (run && !when && !run.includes('git ') ? [run] : [])),
    always: steps.flatMap(({ run, if: when }) => (run && when === 'always()' ? [run] : [])),
  },
  'pipelines/gitlab-ci.yaml': { commands: gitlab.script, always: gitlab.after_script },
};

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

/** Stops at the first command that fails, as runners do. */
async function runJob({ commands, always }: Job, tag: string): Promise<{ exit: number; lines: string[]; healed: number }> {
  const lines: string[] = [];
  let exit = 0;
  for (const command of commands) {
    lines.push(...(await type(filled(command, tag))));
    exit = await exitCode();
    if (exit) break;
  }
  for (const command of always) await type(filled(command, tag));
  return { exit, lines, healed: await exitCode() };
}

function filled(command: string, tag: string): string {
  return command.replace(/^exec /, '').replaceAll('$TAG', tag).replaceAll('$METRICS_URL', 'http://prometheus:9090');
}

async function exitCode(): Promise<number> {
  return Number((await type('echo $?'))[0]);
}

describe.each(Object.entries(played))('%s', (_, job) => {
  test('is green with a version that is promoted', async () => {
    await prepare();
    const { exit, lines, healed } = await runJob(job, '3.1.1');
    expect([exit, healed, lines.at(-1)]).toEqual([0, 0, expect.stringMatching(/^result=promoted exit=0 /)]);
    expect(lines).toContain('applied Deployment/podinfo (changed)');
  });

  test('is red with a version that is rolled back', async () => {
    await prepare();
    await type('canary sandbox fault podinfo:3.1.2 --errors 66%');
    const { exit, lines, healed } = await runJob(job, '3.1.2');
    expect([exit, healed, lines.at(-1)]).toEqual([10, 0, expect.stringMatching(/^result=rolled-back exit=10 /)]);
  });

  test('lets canary hear signals, and heals whatever happened', () => {
    expect(job.commands.filter((command) => command.includes('canary run '))).toEqual([expect.stringMatching(/^exec canary run /)]);
    expect(job.always).toEqual(['canary heal podinfo -n test']);
  });
});

test('one release at a time, and only a promoted image is committed', () => {
  expect([concurrency, gitlab.resource_group]).toEqual(['release-podinfo', 'release-podinfo']);
  expect(Object.keys(jobs.release.env)).toEqual(['TAG', 'METRICS_URL']);
  const names = steps.map(({ run = '' }) => (run.includes('canary run ') ? 'release' : run.includes('git commit ') ? 'commit' : 'other'));
  expect(names.filter((name) => name !== 'other')).toEqual(['release', 'commit']);
  expect(steps.find(({ run = '' }) => run.includes('git commit '))?.if).toBeUndefined();
});
