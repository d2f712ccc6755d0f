// The pipeline jobs of examples/gitops: read, and run as a runner runs them, in whatever terminal. It must not know what the terminal stands on.
import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { examples } from './readme.ts';

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

export const github = read('pipelines/github-actions.yaml') as Workflow;
export const gitlab = (read('pipelines/gitlab-ci.yaml') as Pipeline)['release-podinfo'];
export const actions = github.jobs.release.steps;

/** What a runner does whatever came before, and what it does only while all is well. */
export interface Job {
  readonly commands: readonly string[];
  readonly always: readonly string[];
}

/** Without what needs a host of git. */
export const jobs: Readonly<Record<string, Job>> = {
  'pipelines/github-actions.yaml': {
    commands: actions.flatMap(({ run, if: when }) => (run && !when && !run.includes('git ') ? [run] : [])),
    always: actions.flatMap(({ run, if: when }) => (run && when === 'always()' ? [run] : [])),
  },
  'pipelines/gitlab-ci.yaml': { commands: gitlab.script, always: gitlab.after_script },
};

export interface Ran {
  readonly exit: number;
  readonly lines: readonly string[];
  /** How what is always done ended. */
  readonly healed: number;
}

/** Stops at the first command that fails, as runners do. */
export async function runJob({ commands, always }: Job, tag: string, type: (line: string) => Promise<string[]>): Promise<Ran> {
  const lines: string[] = [];
  const exitCode = async (): Promise<number> => Number((await type('echo $?'))[0]);
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
