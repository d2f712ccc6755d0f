// Every way to write a link-local or metadata address is blocked; the private ranges, where metrics servers live, are not.
import { describe, expect, test } from '@jest/globals';
import { isBlocked } from '../../src/http/address.ts';

describe('blocked', () => {
  test.each([
    ...['169.254.169.254', '169.254.0.1', '169.254.255.255', '100.100.100.200', '168.63.129.16', '192.0.0.192'],
    ...['fe80::1', 'fe80::1%eth0', 'febf:ffff::1', 'fd00:ec2::254', 'fd00:0ec2:0:0:0:0:0:254', 'fd20:ce::254', 'fd00:42::42'],
    ...['::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '0:0:0:0:0:ffff:a9fe:a9fe', '::169.254.169.254', '::ffff:0:169.254.169.254'],
    ...['64:ff9b::169.254.169.254', '64:ff9b::a9fe:a9fe', '64:ff9b:1::a9fe:a9fe', '2002:a9fe:a9fe::1', '::ffff:100.100.100.200'],
    ...['[fe80::1]', '[::ffff:a9fe:a9fe]', '64:ff9b::100.100.100.200', '2002:a83f:8110::'],
  ])('%s', (address) => {
    expect(isBlocked(address)).toBe(true);
  });
});

describe('allowed', () => {
  test.each([
    ...['127.0.0.1', '10.0.0.1', '192.168.1.1', '172.16.0.1', '169.253.255.255', '169.255.0.0', '8.8.8.8', '100.100.100.201', '0.0.0.0'],
    ...['::1', '::', 'fec0::1', 'fd00:ec2::253', '2001:db8::a9fe:a9fe', '::ffff:127.0.0.1', '64:ff9b::8.8.8.8', '[::1]', 'example.com', ''],
  ])('%s', (address) => {
    expect(isBlocked(address)).toBe(false);
  });
});
