// Whether the host and port of an http address can be dialled at all. Pure, and by hand: there is no URL parser here. It never quotes what it
// met, because a slip in the address may have put a password there.

/** `rest`: what follows `http://`. Stricter than URL parsers, so that no two of them read an accepted address differently. */
export function addressProblem(rest: string): string | undefined {
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? '';
  const at = authority.lastIndexOf('@');
  if (/[@\\[\]]/.test(authority.slice(0, Math.max(0, at)))) return 'its name or password holds @, \\, [ or ]: write %40, %5C, %5B, %5D';
  const parts = /^(?<host>\[[^\]]*\]|[^:]*)(?::(?<port>.*))?$/.exec(authority.slice(at + 1))?.groups;
  if (parts === undefined || !isHost(parts['host'] ?? '')) return 'its host is no name, no IPv4 address and no IPv6 address in [ ]';
  const port = parts['port'];
  return port === undefined || isPort(port) ? undefined : 'its port is no number from 1 to 65535';
}

function isPort(text: string): boolean {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535;
}

function isHost(text: string): boolean {
  if (text.startsWith('[')) return isIpv6(text.slice(1, -1));
  const labels = text.replace(/\.$/, '').split('.');
  // A last label that is a number makes every parser take the whole for an IPv4 address.
  if (/^(\d+|0x[0-9a-f]*)$/i.test(labels.at(-1) ?? '')) return isIpv4(text);
  return text.length <= 254 && labels.every((label) => /^(?=.{1,63}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/i.test(label));
}

/** Without leading zeros: some read those as octal. */
function isIpv4(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split('.').every((byte) => Number(byte) <= 255 && String(Number(byte)) === byte);
}

function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const tail = last.includes('.') && text.endsWith(last);
  if (tail && !isIpv4(last)) return false;
  const plain = tail ? groups.slice(0, -1) : groups;
  const count = plain.length + (tail ? 2 : 0);
  return plain.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) && (halves.length === 2 ? count <= 7 : count === 8);
}
