// Addresses that nothing may ever talk to: link-local ones and the metadata services of clouds, which give away credentials.
// Private ranges stay allowed, as Prometheus lives there. It must never resolve a name itself.
import { isIP, isIPv4 } from 'node:net';

/** Metadata and host services of clouds outside the link-local ranges. */
const metadata = new Set(
  ['100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::254', 'fd20:ce::254', 'fd00:42::42'].map((address) =>
    groups(address).join(':'),
  ),
);

/** `address` as a socket or a resolver names it, or as an URL writes it ([::1]). */
export function isBlocked(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (!isIP(bare)) return false;
  const parts = groups(bare);
  if (metadata.has(parts.join(':'))) return true;
  if (parts.length === 2) return parts[0] === 0xa9fe;
  return ((parts[0] ?? 0) & 0xffc0) === 0xfe80 || embedded(parts).some((v4) => metadata.has(v4.join(':')) || v4[0] === 0xa9fe);
}

/** An address as numbers of 16 bits: 2 for IPv4, 8 for IPv6. The URL parser knows every way to write one. */
function groups(address: string): number[] {
  if (isIPv4(address)) {
    const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  }
  const plain = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [before = '', after] = plain.split('::');
  const head = numbers(before);
  const tail = after === undefined ? [] : numbers(after);
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function numbers(text: string): number[] {
  return text ? text.split(':').map((group) => parseInt(group, 16)) : [];
}

/** IPv4 addresses inside an IPv6 one: mapped, compatible, translated (also NAT64) in the last 32 bits, 6to4 behind the first 16. */
function embedded(parts: readonly number[]): number[][] {
  const inside: number[][] = [];
  const [first, second] = parts;
  const zeros = (from: number, to: number) => parts.slice(from, to).every((part) => part === 0);
  const last = parts.slice(6);
  if (zeros(0, 6) || (zeros(0, 5) && parts[5] === 0xffff) || (zeros(0, 4) && parts[4] === 0xffff && parts[5] === 0)) inside.push(last);
  if (first === 0x64 && second === 0xff9b) inside.push(last);
  if (first === 0x2002) inside.push(parts.slice(1, 3));
  return inside;
}
