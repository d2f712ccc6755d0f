// `canary validate`: reads files and says what stands in them. Never touches a cluster or the network.
import { loadCanaries } from '../../spec/load.ts';
import { cleanText } from '../../common/clean.ts';
import { paintOf } from '../../ui/colour.ts';
import { planLine } from '../../ui/plan.ts';
import { isOff, type Call } from '../command.ts';
import { readSources } from '../files.ts';
import { specOptions } from '../spec-options.ts';

export async function execute({ args, flags, io }: Call): Promise<number> {
  const { canaries, others, notes } = loadCanaries(await readSources(args, io.stdin), specOptions(flags, 'default'));
  const paint = paintOf(io.stdout, io.env, isOff(flags, 'color'));
  for (const canary of canaries) io.stdout.write(`${paint.green('OK')} ${planLine(canary)}\n`);
  for (const { apiVersion, kind, name, where } of others) {
    // What Canaries refer to was checked with them.
    const use = apiVersion.startsWith('flagger.app/') ? 'is read by the canaries that name it' : 'is applied by run --apply only';
    io.stderr.write(`${cleanText(`note: ${where}: ${kind}/${name} ${use}`, 500)}\n`);
  }
  for (const note of notes) io.stderr.write(`note: ${cleanText(note, 1000)}\n`);
  return 0;
}
