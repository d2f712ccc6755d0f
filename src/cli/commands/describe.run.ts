// `canary describe`: one canary with all that stands behind it. Reads only.
import { UsageError } from '../../errors.ts';
import { descriptionFormats, descriptionText } from '../../ui/description.ts';
import { glyphsFor } from '../../ui/glyphs.ts';
import { clusterOptions, scopeOf } from '../cluster-options.ts';
import { choiceFlag, isOn, type Call } from '../command.ts';
import { descriptionOf } from '../description.ts';
import { notFound, readingOf, recordReader } from '../records.ts';

export async function execute({ args, flags, io, parts }: Call): Promise<number> {
  const format = choiceFlag(flags, 'output', descriptionFormats);
  const [name] = args;
  if (name === undefined) throw new UsageError('a NAME is needed', 'canary status -A shows all of them');
  const world = await parts.cluster(clusterOptions(flags), (line) => io.stderr.write(`${line}\n`));
  try {
    const { signal } = new AbortController();
    const scope = scopeOf(flags, name, world.about.namespace);
    const seen = await recordReader(world, scope)(signal);
    const item = seen.items.find(({ managedBy }) => !managedBy) ?? seen.items[0];
    if (!item) throw notFound(seen, { ...scope, name });
    const { send, objects } = readingOf(world, item.namespace);
    const description = await descriptionOf({ send, objects, clock: world.clock }, item, signal);
    const columns = io.stdout.isTTY ? io.stdout.columns() : 0;
    const look = { glyphs: glyphsFor(io.env, isOn(flags, 'ascii')), now: seen.now, ...(columns > 0 ? { width: columns } : {}) };
    io.stdout.write(descriptionText(description, format, look));
    return 0;
  } finally {
    await world.close();
  }
}
