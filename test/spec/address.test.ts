// What is taken for an address is one to Node's parser too, with the same host and port; every slip is refused.
import { describe, expect, test } from '@jest/globals';
import { isHttpUrl } from '../../src/spec/names.ts';

describe('an address', () => {
  test.each([
    'http://prometheus:9090',
    'https://x/',
    'http://x:1?q',
    'http://x:65535#f',
    'http://a.b-c.d_e./path%20with',
    'http://ana@x',
    'http://ana:secret:more@x:80/a@b',
    'http://127.0.0.1:80',
    'http://1.2.3.4.example',
    'http://[::]',
    'http://[::1]:9090/x',
    'http://[1:2:3:4:5:6:7:8]',
    'http://[1::8]',
    'http://[fe80::a:b]',
    'http://[::ffff:10.0.0.1]',
    'http://[1:2:3:4:5:6:7.8.9.10]',
  ])('%s', (address) => {
    expect(isHttpUrl(address)).toBeUndefined();
    expect(new URL(address).hostname).not.toBe('');
  });

  const host = 'expected a URL such as http://prometheus:9090, but its host is no name, no IPv4 address and no IPv6 address in [ ]';
  const port = 'expected a URL such as http://prometheus:9090, but its port is no number from 1 to 65535';
  test.each([
    ...[
      '',
      '/x',
      ':80/',
      '?q',
      '[bad',
      '[]',
      '[::1',
      '::1',
      '[::1]x',
      'a..b',
      '.a',
      '-a',
      'a-',
      'a%20b',
      'a|b',
      'a\\b',
      'bücher',
      '*.x',
    ].map((rest) => [rest, host] as const),
    ...['1.2.3', '1.2.3.256', '1.2.3.04', '1.2.3.4.', '1.2.3.4.5', '0x7f', '99999999999', 'a.1'].map((rest) => [rest, host] as const),
    ...[
      '1:2',
      '1:2:3:4:5:6:7:8:9',
      '1::2::3',
      ':::',
      '1:::2',
      '12345::',
      'g::',
      '::1.2.3',
      '1.2.3.4::',
      '1:2:3:4:5:6:7::8',
      '::1%25en0',
    ].map((inside) => [`[${inside}]`, host] as const),
    ['a'.repeat(64), host],
    [Array.from({ length: 60 }, () => 'label').join('.'), host],
    ...['x:', 'x:/', 'x:0', 'x:65536', 'x:99999/', 'x:080', 'x:+80', 'x:http', '[::1]:', 'x:80:80', 'ana:secret'].map(
      (rest) => [rest, port] as const,
    ),
    ['a b', 'expected a URL such as http://prometheus:9090, but it holds white space'],
    ['x/\n', 'expected a URL such as http://prometheus:9090, but it holds white space'],
  ])('http://%s is none', (rest, said) => expect(isHttpUrl(`http://${rest}`)).toBe(said));

  test('a password is never shown', () => {
    for (const rest of ['ana:hunter2@x:y', 'ana:hunter2@@x', 'ana:hunter2@', 'ana:hunter 2@x', 'ana:hunter2/x@y'])
      expect(isHttpUrl(`http://${rest}`)).not.toMatch(/^$|hunter/);
  });

  test('whatever is made of odd pieces and taken, Node takes too and reads the same host and port', () => {
    const pieces = [
      'a',
      'B',
      '1',
      '0',
      '255',
      '256',
      '.',
      ':',
      '::',
      '[',
      ']',
      '[::',
      '@',
      '-',
      '_',
      '%',
      '\\',
      '/',
      '?',
      '#',
      '0x',
      '80',
      ' ',
      'ä',
    ];
    let seed = 11;
    const below = (limit: number): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % limit;
    let taken = 0;
    for (let round = 0; round < 20_000; round++) {
      const rest = Array.from({ length: 1 + below(7) }, () => pieces[below(pieces.length)] ?? '').join('');
      if (isHttpUrl(`http://${rest}`) !== undefined) continue;
      taken++;
      const { host: read } = new URL(`http://${rest}`);
      const written = (/^[^/?#]*/.exec(rest)?.[0] ?? '').replace(/^.*@/, '').toLowerCase();
      expect([rest, read.startsWith('[') ? read.replace(/^.*\]/, '') : read]).toEqual([
        rest,
        (written.startsWith('[') ? written.replace(/^.*\]/, '') : written).replace(/:80$/, ''),
      ]);
    }
    expect(taken).toBeGreaterThan(500);
  });
});
