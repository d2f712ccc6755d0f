// Debian packages that a ring needs, installed where their commands are not there. It must not start a service.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Throws, in words, where the package cannot be installed. */
export function requirePackage(name: string, commands: readonly string[]): void {
  if (commands.every(isThere)) return;
  const cannot = `this ring needs ${commands.join(' and ')}: the package \`${name}\` is not installed`;
  if (!isThere('apt-get')) throw new Error(`${cannot}, and without apt-get it cannot be`);
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', name]]) {
    // In this runlevel a package starts no service of its own.
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    const { status, stderr, error } = spawnSync('apt-get', args, { env, encoding: 'utf8' });
    if (status !== 0)
      throw new Error(`${cannot}, and \`apt-get ${args.join(' ')}\` failed: ${error?.message ?? stderr.trim().slice(-500)}`);
  }
  if (!commands.every(isThere)) throw new Error(`${cannot}, also after apt-get said it was`);
}

function isThere(command: string): boolean {
  // As root: where Debian keeps the commands of administrators may not be on everybody's PATH.
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders.some((folder) => existsSync(join(folder, command)));
}
