// Files in another encoding than UTF-8, as they arrive: decoded as if they were.
import { expect, test } from '@jest/globals';
import { locatedText, readDocuments } from '../../src/spec/read.ts';

const text = '# Canäry\napiVersion: v1\nkind: A\n';

function problemsOf(bytes: Buffer): string[] {
  return readDocuments([{ name: 'a.yaml', text: bytes.toString('utf8') }]).problems.map(locatedText);
}

function bytesOf(what: string, width: 2 | 4, end: 'little' | 'big'): Buffer {
  const units = [...what].map((char) => {
    const unit = Buffer.alloc(width);
    if (end === 'little') unit.writeUInt16LE(char.charCodeAt(0), 0);
    else unit.writeUInt16BE(char.charCodeAt(0), width - 2);
    return unit;
  });
  return Buffer.concat(units);
}

const said = (name: string): string => `a.yaml:1:1: written as ${name}, which is not read; save the file as UTF-8`;

test.each([
  ['UTF-16', bytesOf(`\uFEFF${text}`, 2, 'little')],
  ['UTF-16', bytesOf(`\uFEFF${text}`, 2, 'big')],
  ['UTF-16', bytesOf(`\uFEFF你好: ${text}`, 2, 'little')],
  ['UTF-16', bytesOf(text, 2, 'little')],
  ['UTF-16', bytesOf(text, 2, 'big')],
  ['UTF-32', bytesOf(`\uFEFF${text}`, 4, 'little')],
  ['UTF-32', bytesOf(`\uFEFF${text}`, 4, 'big')],
  ['UTF-32', bytesOf(text, 4, 'little')],
  ['UTF-32', bytesOf(text, 4, 'big')],
])('%s is told by its name (%#)', (name, bytes) => expect(problemsOf(bytes)).toEqual([said(name)]));

test('UTF-8 is read, with and without a byte order mark', () => {
  expect([problemsOf(Buffer.from(text)), problemsOf(Buffer.from(`\uFEFF${text}`))]).toEqual([[], []]);
});

test.each(['kind: \0A', '\0', 'k\0', '\uFFFD\uFFFDkind: "A\n'])('%j is some other slip', (odd) => {
  const problems = problemsOf(Buffer.from(odd));
  expect(problems).toHaveLength(1);
  expect(problems[0]).not.toContain('UTF');
});
