// One run of the engine with everything around it: first lines, signals, and closing the world however it ends. Decides nothing about a release.
import type { Canary } from '../contracts.ts';
import { redactUrl } from '../http/redact.ts';
import type { World } from '../ports.ts';
import { exitOf, exitOfAll } from '../runner/exit.ts';
import type { Outcome, RunRequest } from '../runner/types.ts';
import type { Library } from '../spec/library.ts';
import { liveReporter } from '../ui/live-reporter.ts';
import { nameOf, planLine } from '../ui/plan.ts';
import type { RunReporter } from '../ui/reporter.ts';
import { span } from '../ui/time.ts';
import type { Call } from './command.ts';
import { random, whoAmI } from './identity.ts';
import type { SignalName } from './io.ts';
import { lastHint, liveBlock } from './live.ts';
import type { RunSettings } from './run-settings.ts';
import { leavable, listenToSignals } from './signals.ts';

export interface Drive {
  readonly call: Call;
  readonly settings: RunSettings;
  readonly world: World;
  readonly canaries: Canary[];
  readonly reporter: RunReporter;
  /** Lines between the context and the plan. */
  readonly before: readonly string[];
  /** MetricTemplates and AlertProviders of the files. */
  readonly library?: Library;
  /** Done before the run, on the same connection; a signal ends it, and then nothing is run. */
  readonly prepare?: (world: World, signal: AbortSignal) => Promise<void>;
}

export type Ended =
  | { readonly is: 'ended'; readonly outcomes: readonly Outcome[]; readonly exitCode: number }
  /** A second signal: nobody waited for the end. */
  | { readonly is: 'left'; readonly exitCode: number };

export async function drive(plain: Drive): Promise<Ended> {
  const { call, settings, canaries } = plain;
  const live = await liveBlock(call, settings, plain.world);
  const what = live ? { ...plain, reporter: liveReporter(plain.reporter, live) } : plain;
  const { reporter } = what;
  const { world, walkOut } = leavable(what.world);
  const id = random();
  const signals = listenToSignals({
    io: call.io,
    id,
    first: (signal) => {
      live?.hint(lastHint);
      reporter.note(firstSignal(signal, settings.options.onInterrupt));
    },
    second: (signal) => secondSignal(signal, canaries).forEach((line) => reporter.note(line)),
  });
  try {
    firstLines(what);
    what.world.hear?.((line) => reporter.note(line));
    const here = { ...what, world };
    const running = prepared(here, signals.intents).then(
      async (stopped) => stopped ?? ended(await call.parts.run(request(here, signals.intents))),
    );
    const left = signals.leave.then((exitCode): Ended => {
      walkOut();
      return { is: 'left', exitCode };
    });
    return await Promise.race([running, left]);
  } finally {
    signals.stop();
    live?.close();
    // The run has waited for all it wanted: an Event that a silent cluster does not take must not hold the process.
    walkOut();
    await what.world.close();
  }
}

function request(what: Drive, intents: RunRequest['intents']): RunRequest {
  const { call, settings, world, canaries, reporter, library } = what;
  return {
    world,
    canaries,
    ...settings,
    ...(library ? { library } : {}),
    host: whoAmI(call.io.env),
    watch: true,
    reporter,
    intents,
    random,
  };
}

async function prepared({ prepare, world, reporter }: Drive, intents: RunRequest['intents']): Promise<Ended | undefined> {
  if (!prepare) return undefined;
  const over = new AbortController();
  intents.onChange(() => over.abort(new Error('stopped')));
  try {
    await prepare(world, over.signal);
  } catch (error) {
    if (!over.signal.aborted) throw error;
  }
  const [stop] = intents.list();
  if (!stop) return undefined;
  reporter.note('stopped before the release began; what was applied stays');
  return { is: 'left', exitCode: exitOf({ is: 'parked', by: stop.by, traffic: 'as-is' }) };
}

function ended(outcomes: readonly Outcome[]): Ended {
  return { is: 'ended', outcomes, exitCode: exitOfAll(outcomes.map((outcome) => outcome.exitCode)) };
}

/** Where, as whom, and what is going to be done: before anything is. */
function firstLines({ world, settings, canaries, reporter, before }: Drive): void {
  reporter.note(`context ${world.about.context} · user ${world.about.user}`);
  for (const line of before) reporter.note(line);
  for (const canary of canaries)
    reporter.note(`plan ${planLine(canary)} · metrics ${redactUrl(canary.metricsServer)} · timeout ${span(settings.timeout)}`);
}

function firstSignal(signal: SignalName, onInterrupt: RunSettings['options']['onInterrupt']): string {
  const does = {
    park: 'parking: traffic goes to the side that is ready, the primary wherever it can; the next run goes on from here',
    hold: 'leaving the traffic as it is; the next run goes on from here',
    rollback: 'rolling back, then leaving',
  };
  return `${signal}: ${does[onInterrupt]} (again after 1 s: leave at once)`;
}

function secondSignal(signal: SignalName, canaries: readonly Canary[]): string[] {
  return [
    `${signal} again: left at once, traffic stands as last written and is not read back: ${canaries.map(nameOf).join(', ')}`,
    ...canaries.map((canary) => `next: canary heal ${canary.name} -n ${canary.namespace}`),
  ];
}
