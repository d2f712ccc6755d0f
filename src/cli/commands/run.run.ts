// `canary run`: from files and flags to the engine, and from its outcomes to the exit code. Decides nothing about a release.
import { UsageError } from '../../errors.ts';
import { libraryOf } from '../../spec/library.ts';
import { loadCanaries, type Loaded } from '../../spec/load.ts';
import { isOn, textFlag, type Call } from '../command.ts';
import { clusterOptions } from '../cluster-options.ts';
import { drive } from '../drive.ts';
import { readSources, type Source } from '../files.ts';
import { imageFlag, reachOf, speedFlag } from '../flags.ts';
import { reporterFor } from '../reporting.ts';
import { runSettings, type RunSettings } from '../run-settings.ts';
import { runInSandbox } from '../sandbox-run.ts';
import { specOptions } from '../spec-options.ts';
import type { RunReporter } from '../../ui/reporter.ts';
import { waiting } from '../../ui/wait.ts';

export async function execute(call: Call): Promise<number> {
  const { args, flags, io, parts } = call;
  const settings = runSettings(flags);
  const reach = reachOf(flags);
  if (isOn(flags, 'sandbox')) fitForSandbox(settings, textFlag(flags, 'reach'));
  const speed = speedFlag(flags, 100);
  if (speed !== undefined && !isOn(flags, 'sandbox')) throw new UsageError('--speed goes with --sandbox: a cluster has its own time');
  const sources = await readSources(args, io.stdin);
  // Read first without a cluster: a broken file is told before anybody is asked to sign in.
  const offline = loaded(sources, call, 'default');
  if (offline.canaries.length > 1 && imageFlag(flags))
    throw new UsageError(`--image is for one canary; the files hold ${offline.canaries.length}`, 'run them one by one');
  if (isOn(flags, 'sandbox')) return runInSandbox({ call, settings, loaded: offline, speed: speed ?? 20 });
  const options = { ...clusterOptions(flags), reach };
  const warnings: string[] = [];
  const world = await waiting({ terminal: io.stderr, env: io.env, text: 'connecting' }, () =>
    parts.cluster(options, (line) => warnings.push(line)),
  );
  const { canaries, others, notes } = world.about.namespace === 'default' ? offline : loaded(sources, call, world.about.namespace);
  const reporter = reporterFor(call, () => world.clock.now());
  const namespace = textFlag(flags, 'namespace') ?? world.about.namespace;
  const isApplied = isOn(flags, 'apply');
  const ended = await drive({
    call,
    settings,
    world,
    canaries,
    reporter,
    before: [...warnings, ...notes.map(asNote), ...(isApplied ? [] : others.filter(isLeftOut).map(notApplied))],
    library: libraryOf(others, namespace),
    ...(isApplied ? { prepare: preparation({ canaries, others, namespace, settings, reporter }) } : {}),
  });
  if (ended.is === 'left') return ended.exitCode;
  reporter.finish(ended.outcomes, ended.exitCode);
  return ended.exitCode;
}

function fitForSandbox({ wait, queue }: RunSettings, reach: string | undefined): void {
  if (reach !== undefined) throw new UsageError('--reach and --sandbox exclude each other: the sandbox answers every address itself');
  if (wait !== undefined) throw new UsageError('--wait and --sandbox exclude each other: the sandbox makes the next revision itself');
  if (queue) throw new UsageError('--queue and --sandbox exclude each other: nobody else drives in the sandbox');
}

interface Preparing extends Pick<Loaded, 'canaries' | 'others'> {
  readonly namespace: string;
  readonly settings: RunSettings;
  readonly reporter: Pick<RunReporter, 'note'>;
}

function preparation({ settings, reporter, ...files }: Preparing): NonNullable<Parameters<typeof drive>[0]['prepare']> {
  const { image } = settings.options;
  return async (world, signal) => {
    const { applyFiles } = await import('../apply.ts');
    const turn = settings.queue ? 'wait' : settings.takeover ? 'takeover' : 'stop';
    const { timeout } = settings;
    await applyFiles({ ...files, world, turn, timeout, note: (text) => reporter.note(text), ...(image ? { image } : {}) }, signal);
  };
}

function loaded(sources: readonly Source[], { flags }: Call, defaultNamespace: string): Loaded {
  return loadCanaries(sources, specOptions(flags, defaultNamespace));
}

function asNote(note: string): string {
  return `note: ${note}`;
}

/** Flagger's own kinds are read by the run itself. */
function isLeftOut({ apiVersion }: Loaded['others'][number]): boolean {
  return !apiVersion.startsWith('flagger.app/');
}

function notApplied({ where, kind, name }: Loaded['others'][number]): string {
  return `note: ${where}: ${kind}/${name} is not applied by this command`;
}
