// `canary rbac`: files in, Roles out. Never touches a cluster or the network.
import { cleanText } from '../../common/clean.ts';
import { UsageError } from '../../errors.ts';
import { digest } from '../../runner/env.ts';
import { rolesFor } from '../../runner/roles.ts';
import { loadCanaries } from '../../spec/load.ts';
import { roleText, type Subject } from '../../ui/role.ts';
import type { Reach } from '../../ports.ts';
import { choiceFlag, textFlag, type Call, type Flags } from '../command.ts';
import { readSources } from '../files.ts';
import { specOptions } from '../spec-options.ts';
import { version } from '../version.ts';

export async function execute({ args, flags, io }: Call): Promise<number> {
  const subject = subjectOf(flags);
  const way = wayOf(flags);
  const { canaries, others, notes } = loadCanaries(await readSources(args, io.stdin), specOptions(flags, 'default'));
  const found = rolesFor({ canaries, others, reach: way }, digest);
  const by = `made by canary ${version}: canary rbac ${args.join(' ')}${way === 'direct' ? '' : ` --reach ${way}`}`;
  io.stdout.write(found.roles.map((role) => roleText(role, subject, by)).join('---\n'));
  for (const note of [...notes, ...found.notes]) io.stderr.write(`note: ${cleanText(note, 1000)}\n`);
  return 0;
}

/** A Role is for one way: what would be tried is not known without a cluster. */
function wayOf(flags: Flags): Exclude<Reach, 'auto'> {
  const way = textFlag(flags, 'reach') ?? 'direct';
  if (way === 'auto') {
    const choices = 'proxy for servers without a password, port-forward for all, direct where the run is inside the cluster';
    throw new UsageError('--reach: auto is no way of its own, so no Role is for it', `choose the one that the run is to go by: ${choices}`);
  }
  return choiceFlag({ reach: way }, 'reach', ['direct', 'proxy', 'port-forward']);
}

function subjectOf(flags: Flags): Subject {
  const given = (['user', 'group', 'serviceAccount'] as const).flatMap((flag) => {
    const name = textFlag(flags, flag);
    return name === undefined ? [] : [{ flag, name }];
  });
  const [one] = given;
  if (given.length > 1) throw new UsageError('--user, --group and --service-account exclude each other');
  if (!one) return { kind: 'ServiceAccount', name: 'canary' };
  if (one.name === '') throw new UsageError('the name of who gets the Role is empty');
  if (one.flag !== 'serviceAccount') return { kind: one.flag === 'user' ? 'User' : 'Group', name: one.name };
  const [name = '', namespace, more] = one.name.split('/').reverse();
  const label = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
  if (more !== undefined || !label.test(name) || (namespace !== undefined && !label.test(namespace)))
    throw new UsageError(`--service-account: expected [namespace/]name, got "${one.name}"`);
  return { kind: 'ServiceAccount', name, ...(namespace === undefined ? {} : { namespace }) };
}
