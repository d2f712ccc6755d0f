// The walk-through of examples/podinfo: bootstrap, 3.1.1 is promoted, 3.1.2 starts to fail at 15 % and is rolled back. Everything shown is
// what the engine says about simulated pods and traffic; nothing here prints an event line of its own.
import type { Canary } from '../contracts.ts';
import { SpecError } from '../errors.ts';
import { loadCanaries, type Loaded } from '../spec/load.ts';
import { statusText } from '../ui/status-table.ts';
import type { RunReporter } from '../ui/reporter.ts';
import { paintOf } from '../ui/colour.ts';
import { isOff, type Call } from './command.ts';
import type { Sandbox } from './connect.ts';
import type { Ended } from './drive.ts';
import { exampleFolder } from './example-files.ts';
import { readSources } from './files.ts';
import { recordReader } from './records.ts';
import type { RunSettings } from './run-settings.ts';
import { driveIn, furnish, sandboxFor } from './sandbox-run.ts';

/** The weight at which the bad version begins to fail, and the share of its answers that then do. */
const failsAt = 15;
const failing = 0.6;
const image = 'stefanprodan/podinfo';
const settings: RunSettings = {
  options: { noRetry: false, drain: 10_000, onInterrupt: 'park', cluster: '' },
  takeover: false,
  timeout: 6 * 3_600_000,
};

interface Stage {
  readonly call: Call;
  readonly sandbox: Sandbox;
  readonly canary: Canary;
  readonly reporter: RunReporter;
}

/** 0 only if all runs ended as the story says; a signal's own code (130, 143) if one ended the story; else 1. */
export async function playDemo(call: Call, speed: number): Promise<number> {
  const { canary, given } = await story(call);
  const opened = await sandboxFor(call, { canaries: [canary], others: given, namespace: canary.namespace, speed });
  const { sandbox } = opened;
  const stage: Stage = { call, canary, ...opened };
  try {
    heading(call, `kubectl apply -f examples/podinfo     # ${image}:3.1.0, in a cluster inside this process, ${speed} times as fast`);
    await furnish(sandbox, { canaries: [canary], given, namespace: canary.namespace, reporter: stage.reporter });
    const exitCode =
      (await chapter(stage, { result: 'initialized' })) ||
      (await release(stage, '3.1.1', { result: 'promoted' })) ||
      (await release(stage, '3.1.2', { result: 'rolled-back', breaks: `${image}:3.1.2` }));
    if (isSignal(exitCode)) return exitCode;
    await showStatus(stage);
    if (exitCode !== 0) call.io.stderr.write('error: the demo did not end as it should; see the last result line\n');
    return exitCode;
  } finally {
    await sandbox.world.close();
  }
}

interface Chapter {
  readonly result: 'initialized' | 'promoted' | 'rolled-back';
  /** The image that starts to fail on its way. */
  readonly breaks?: string;
}

async function release(stage: Stage, tag: string, what: Chapter): Promise<number> {
  const { canary, sandbox } = stage;
  heading(stage.call, `kubectl -n ${canary.namespace} set image deployment/${canary.targetRef.name} podinfod=${image}:${tag}`);
  await sandbox.setImage({ namespace: canary.namespace, name: canary.targetRef.name }, `${image}:${tag}`);
  return chapter(stage, what);
}

/** One `canary run`, with its result line. 0: as told. */
async function chapter(stage: Stage, { result, breaks }: Chapter): Promise<number> {
  const { call, sandbox, canary } = stage;
  heading(call, 'canary run examples/podinfo/canary.yaml');
  const reporter = breaks === undefined ? stage.reporter : breaking(stage, breaks);
  const ended = await driveIn(sandbox, { call, settings, canaries: [canary], reporter, before: [] });
  if (ended.is === 'left') return ended.exitCode;
  reporter.finish(ended.outcomes, ended.exitCode);
  if (isSignal(ended.exitCode)) return ended.exitCode;
  return isAsTold(ended, result) ? 0 : 1;
}

function isSignal(exitCode: number): boolean {
  return exitCode > 128;
}

function isAsTold(ended: Extract<Ended, { is: 'ended' }>, result: Chapter['result']): boolean {
  const exitCode = result === 'rolled-back' ? 10 : 0;
  return ended.exitCode === exitCode && ended.outcomes.every((outcome) => outcome.result.is === result);
}

/** The application goes wrong when real traffic reaches it. */
function breaking({ reporter, sandbox }: Stage, broken: string): RunReporter {
  return {
    ...reporter,
    event(line) {
      reporter.event(line);
      if (line.event.tell === 'weight' && line.event.canary >= failsAt) sandbox.fail(broken, failing);
    },
  };
}

async function story(call: Call): Promise<{ canary: Canary; given: Loaded['others'] }> {
  const { canaries, others } = loadCanaries(await readSources([exampleFolder('podinfo')], call.io.stdin), { defaultNamespace: 'test' });
  const canary = canaries[0];
  if (!canary) throw new SpecError(['examples/podinfo: no Canary in it']);
  return { canary, given: others };
}

async function showStatus({ call, sandbox }: Stage): Promise<void> {
  heading(call, 'canary status -A');
  const seen = await recordReader(sandbox.world, {})(new AbortController().signal);
  const paint = paintOf(call.io.stdout, call.io.env, isOff(call.flags, 'color'));
  call.io.stdout.write(statusText(seen.items, 'table', { withNamespace: true, now: seen.now, paint }));
}

/** What one would type; on stdout, so that a log of the demo reads in order. */
function heading({ io, flags }: Call, text: string): void {
  const paint = paintOf(io.stdout, io.env, isOff(flags, 'color'));
  io.stdout.write(`\n${paint.bold(`$ ${text}`)}\n`);
}
