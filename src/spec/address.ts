// Whether the host and port of an http address can be dialled at all. Pure, and by hand: there is no URL parser here. It never quotes what it
// met, because a slip in the address may have put a password there.

/** `rest`: what follows `http://`. Says what is wrong, in words; stricter than URL parsers, so that none of them reads it differently. */
export function authorityProblem(rest: string): string | undefined {
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? '';
  const at = authority.lastIndexOf('@');
  if (/[\s@\\[\]]/.test(authority.slice(0, Math.max(0, at)))) return 'the name and password before the host hold characters to write as %XX';
  const [, host = '', colon, port = ''] = /^(\[[^\]]*\]|[^:]*)(:(.*))?$/s.exec(authority.slice(at + 1))?.map((part) => part as string | undefined) ?? [];
  if (!isHost(host)) return 'the host is no name, no IPv4 address and no IPv6 address in [ ]';
  if (colon !== undefined && !isPort(port.slice(0))) return 'the port is no number from 1 to 65535';
  return undefined;
}
