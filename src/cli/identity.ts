// Who drives, and fresh randomness: facts of this process that the engine is handed. Nothing else reads them.
import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';

/** user@host, for the record. */
export function whoAmI(env: Readonly<Record<string, string | undefined>>): string {
  return `${userName(env)}@${hostname()}`;
}

/** 16 hexadecimal digits. */
export function random(): string {
  return randomBytes(8).toString('hex');
}

/** A container's user often has no name in the password file; asking for it throws. */
function userName(env: Readonly<Record<string, string | undefined>>): string {
  try {
    return userInfo().username;
  } catch {
    return env['USER'] ?? env['LOGNAME'] ?? 'unknown';
  }
}
