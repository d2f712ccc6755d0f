// `canary run`: from files and flags to the engine, and from its outcomes to the exit code. Decides nothing about a release.
import { UsageError } from '../../errors.ts';
import { loadCanaries, type Loaded } from '../../spec/load.ts';
import { isOn, type Call } from '../command.ts';
import { clusterOptions } from '../cluster-options.ts';
import { drive } from '../drive.ts';
import { readSources, type Source } from '../files.ts';
import { imageFlag, speedFlag } from '../flags.ts';
import { reporterFor } from '../reporting.ts';
import { runSettings } from '../run-settings.ts';
import { runInSandbox } from '../sandbox-run.ts';
import { specOptions } from '../spec-options.ts';
import { waiting } from '../../ui/wait.ts';

export async function execute(call: Call): Promise<number> {
  const { args, flags, io, parts } = call;
  const settings = runSettings(flags);
  const speed = speedFlag(flags, 100);
  if (speed !== undefined && !isOn(flags, 'sandbox')) throw new UsageError('--speed goes with --sandbox: a cluster has its own time');
  const sources = await readSources(args, io.stdin);
  // Read first without a cluster: a broken file is told before anybody is asked to sign in.
  const offline = loaded(sources, call, 'default');
  if (offline.canaries.length > 1 && imageFlag(flags))
    throw new UsageError(`--image is for one canary; the files hold ${offline.canaries.length}`, 'run them one by one');
  if (isOn(flags, 'sandbox')) return runInSandbox({ call, settings, loaded: offline, speed: speed ?? 20 });
  const options = clusterOptions(flags);
  const warnings: string[] = [];
  const world = await waiting({ terminal: io.stderr, env: io.env, text: 'connecting' }, () =>
    parts.cluster(options, (line) => warnings.push(line)),
  );
  const { canaries, others, notes } = world.about.namespace === 'default' ? offline : loaded(sources, call, world.about.namespace);
  const reporter = reporterFor(call, () => world.clock.now());
  const ended = await drive({
    call,
    settings,
    world,
    canaries,
    reporter,
    before: [...warnings, ...notes.map(asNote), ...others.map(notApplied)],
  });
  if (ended.is === 'left') return ended.exitCode;
  reporter.finish(ended.outcomes, ended.exitCode);
  return ended.exitCode;
}

function loaded(sources: readonly Source[], { flags }: Call, defaultNamespace: string): Loaded {
  return loadCanaries(sources, specOptions(flags, defaultNamespace));
}

function asNote(note: string): string {
  return `note: ${note}`;
}

function notApplied({ where, kind, name }: Loaded['others'][number]): string {
  return `note: ${where}: ${kind}/${name} is not applied by this command`;
}
