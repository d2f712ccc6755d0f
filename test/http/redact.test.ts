// Addresses lose their secrets, and foreign text loses what could drive a terminal or a CI runner.
import { describe, expect, test } from '@jest/globals';
import { cleanText, redactText, redactUrl, shownText } from '../../src/http/redact.ts';

describe('redactUrl', () => {
  test.each([
    ['http://podinfo.test', 'http://podinfo.test'],
    ['http://podinfo.test/', 'http://podinfo.test/'],
    ['http://podinfo.test:9898/hook/pre', 'http://podinfo.test:9898/hook/pre'],
    ['https://user:s3cret@example.com/a', 'https://example.com/a'],
    ['https://s3cret@example.com', 'https://example.com'],
    ['https://a@s3cret@example.com/x', 'https://example.com/x'],
    ['https://example.com?token=s3cret', 'https://example.com?…'],
    ['https://example.com/?s3cret', 'https://example.com/?…'],
    ['https://example.com/a?x=s3cret&y=s3cret#s3cret', 'https://example.com/a?…'],
    ['redis://u:s3cret@example.com:6379/0', 'redis://example.com:6379/0'],
    ['not an address with s3cret', '(not an address)'],
  ])('%s', (url, redacted) => {
    expect(redactUrl(url)).toBe(redacted);
  });
});

test('shownText knows an address also where the cut or a quote would break it', () => {
  expect(shownText('asked http://bob:s3cret@prom:9090/x', 20)).toBe('asked http://prom:9…');
  expect(shownText("asked 'http://bob:s3'cret@prom/x'", 100)).toBe("asked 'http://prom/x'");
});

test('redactText redacts every address in a text', () => {
  const text = 'Get "https://u:s3cret@a.example/x?t=s3cret": via <http://s3cret@b.example>, then HTTP://S3CRET@C.example';
  expect(redactText(text)).toBe('Get "https://a.example/x?…": via <http://b.example>, then http://c.example');
});

describe('cleanText', () => {
  test.each([
    ['plain ünïcode 🚀', 'plain ünïcode 🚀'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007', '\ufffd]0;title\ufffd'],
    ['two\r\nlines\tand  more', 'two lines and more'],
    ['a\u2028b\u2029c\u0085d', 'a b c d'],
    ['a\u009b31mb\u007fc', 'a\ufffd31mb\ufffdc'],
    ['abc\u202edef\u2066g\u200fh', 'abcdefgh'],
    ['::set-output name=x::y', ': :set-output name=x::y'],
    ['\n \u200b::error::x', ': :error::x'],
    ['ok ##[command]rm', 'ok ## [command]rm'],
    ['##\u200b[error]', '## [error]'],
    ['\ud800x', '\ufffdx'],
    ['', ''],
  ])('%j', (text, clean) => {
    expect(cleanText(text, 200)).toBe(clean);
  });

  test('counts characters, not halves of them', () => {
    expect(cleanText('🚀'.repeat(10), 4)).toBe('🚀🚀🚀…');
    expect(cleanText('abcd', 4)).toBe('abcd');
    expect(cleanText('x'.repeat(1_000_000), 10)).toBe('xxxxxxxxx…');
  });

  test('10,000 hostile texts leave nothing raw, and cleaning twice changes nothing', () => {
    const pieces = [
      '\u001b[2K',
      '\u001b',
      '\r',
      '\n',
      '::',
      '##[',
      '##',
      '[',
      '#',
      ':',
      '\u202e',
      '\u0000',
      '\u0090',
      ' ',
      'a',
      '\udc00',
      '\u200b',
      '\ufeff',
    ];
    let seed = 11;
    for (let n = 0; n < 10_000; n++) {
      let text = '';
      for (let i = 0; i < 8; i++) {
        seed = (seed * 1103515245 + 12345) % 2147483648;
        text += pieces[(seed >> 8) % pieces.length];
      }
      const clean = cleanText(text, 40);
      expect(clean).not.toMatch(/[\p{Cc}\p{Surrogate}\u202a-\u202e\u2066-\u2069\u2028\u2029]|##\[|^\s*::/u);
      expect(cleanText(clean, 40)).toBe(clean);
    }
  });
});
