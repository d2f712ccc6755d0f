// `canary heal`: parks what dead runs left behind and says so for each. Moves no traffic itself: that is the runner's.
import { UsageError } from '../../errors.ts';
import type { Healed } from '../../runner/types.ts';
import { shownText } from '../../http/redact.ts';
import { waiting } from '../../ui/wait.ts';
import { checkScope, clusterOptions, scopeOf } from '../cluster-options.ts';
import type { Call } from '../command.ts';
import { reachOf } from '../flags.ts';
import { random, whoAmI } from '../identity.ts';
import { reporterFor } from '../reporting.ts';

const unconfirmed = 20;

export async function execute({ args, flags, io, parts }: Call): Promise<number> {
  const name = args[0];
  if (name === '') throw new UsageError('heal: NAME is empty', 'canary heal -A, or canary heal <NAME> -n <namespace>');
  checkScope(flags, name);
  const options = { ...clusterOptions(flags), reach: reachOf(flags) };
  const world = await waiting({ terminal: io.stderr, env: io.env, text: 'connecting' }, () =>
    parts.cluster(options, (line) => io.stderr.write(`${line}\n`)),
  );
  try {
    const reporter = reporterFor({ flags, io }, () => world.clock.now());
    reporter.note(`context ${world.about.context} · user ${world.about.user}`);
    world.hear?.((line) => reporter.note(line));
    const healed = await parts.heal({ world, ...scopeOf(flags, name, world.about.namespace), host: whoAmI(io.env), reporter, random });
    if (!healed.length)
      reporter.note(
        name === undefined ? 'nothing to heal: no canary was left behind' : `nothing to heal: no canary is called ${name} here`,
      );
    for (const one of healed) io.stdout.write(`${healedLine(one)}\n`);
    return healed.some((one) => one.is === 'unconfirmed') ? unconfirmed : 0;
  } finally {
    await world.close();
  }
}

function healedLine({ namespace, name, is, why }: Healed): string {
  return shownText(`${namespace}/${name} ${is}${why ? `: ${why}` : ''}`, 2000);
}
