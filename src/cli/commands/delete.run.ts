// `canary delete`: asks, then lets the runner give everything back, and says how that went. Moves no traffic itself.
import { shownText } from '../../http/redact.ts';
import { UsageError } from '../../errors.ts';
import type { RemoveRequest } from '../../runner/types.ts';
import type { RunReporter } from '../../ui/reporter.ts';
import { waiting } from '../../ui/wait.ts';
import { clusterOptions } from '../cluster-options.ts';
import { isOn, textFlag, type Call } from '../command.ts';
import { durationFlag, reachOf } from '../flags.ts';
import { random, whoAmI } from '../identity.ts';
import { reporterFor } from '../reporting.ts';
import { leavable, listenToSignals } from '../signals.ts';

const notConfirmed = 2;

export async function execute(call: Call): Promise<number> {
  const { args, flags, io, parts } = call;
  const name = args[0] ?? '';
  if (name === '') throw new UsageError('delete: NAME is empty', 'canary delete <NAME> -n <namespace>');
  const drain = durationFlag(flags, 'drain');
  // Without a terminal nobody can be asked.
  if (!isOn(flags, 'yes') && !io.stderr.isTTY)
    throw new UsageError('delete asks before it changes anything, and there is no terminal to ask at', 'add --yes');
  const options = { ...clusterOptions(flags), reach: reachOf(flags) };
  const world = await waiting({ terminal: io.stderr, env: io.env, text: 'connecting' }, () =>
    parts.cluster(options, (line) => io.stderr.write(`${line}\n`)),
  );
  const namespace = textFlag(flags, 'namespace') ?? world.about.namespace;
  const reporter = reporterFor(call, () => world.clock.now());
  try {
    reporter.note(`context ${world.about.context} · user ${world.about.user}`);
    world.hear?.((line) => reporter.note(line));
    const isSure = isOn(flags, 'yes') || (await agrees(io, `${name}.${namespace} in context ${world.about.context}`));
    if (isSure) return await remove(call, { world, name, namespace, drain, reporter });
    reporter.note('not confirmed: nothing was changed');
    return notConfirmed;
  } finally {
    await world.close();
  }
}

interface Removal extends Pick<RemoveRequest, 'world' | 'name' | 'namespace' | 'drain'> {
  readonly reporter: RunReporter;
}

async function remove({ io, parts }: Call, { reporter, ...what }: Removal): Promise<number> {
  const { world, walkOut } = leavable(what.world);
  const again = `canary delete ${what.name} -n ${what.namespace}`;
  const signals = listenToSignals({
    io,
    id: random(),
    first: (signal) => reporter.note(`${signal}: stopping here; ${again} goes on (again after 1 s: leave at once)`),
    second: (signal) => reporter.note(`${signal} again: left at once; next: ${again}`),
  });
  try {
    const request = { ...what, world, watch: true, host: whoAmI(io.env), reporter, intents: signals.intents, random };
    const left = signals.leave.then((exitCode) => {
      walkOut();
      return { exitCode };
    });
    const outcome = await Promise.race([parts.remove(request), left]);
    if (outcome && !('canary' in outcome)) return outcome.exitCode;
    if (outcome) reporter.finish([outcome], outcome.exitCode);
    else io.stdout.write('result=deleted exit=0 revision=- changed=true\n');
    return outcome?.exitCode ?? 0;
  } finally {
    signals.stop();
    walkOut();
  }
}

async function agrees(io: Call['io'], what: string): Promise<boolean> {
  io.stderr.write(
    `give back everything of ${shownText(what, 500)}? its release history, and the Services and routing objects that canary made, go too; type yes: `,
  );
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of io.stdin) {
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    if (text.includes('\n')) break;
  }
  return text.trim().toLowerCase() === 'yes';
}
