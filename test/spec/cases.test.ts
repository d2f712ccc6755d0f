// Every case file against the exact words (or facts) beside it. A first line `# with {…}` gives flags; UPDATE=1 rewrites what is expected.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { SpecError } from '../../src/errors.ts';
import { loadCanaries } from '../../src/spec/load.ts';
import type { Canary } from '../../src/spec/types.ts';

const folder = new URL('./cases/', import.meta.url);
const cases = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .sort();

interface With {
  namespace?: string;
  provider?: string;
  metricsUrl?: string;
  /** Line ends and byte order marks do not survive every editor and checkout, so they are made here. */
  crlf?: boolean;
  bom?: boolean;
}

function answer(file: string): string {
  const text = readFileSync(new URL(file, folder), 'utf8');
  const flags = /^# with (\{.*\})\n/.exec(text)?.[1];
  const { crlf, bom, ...options }: With = flags === undefined ? {} : (JSON.parse(flags) as With);
  const bytes = `${bom === true ? '\uFEFF' : ''}${crlf === true ? text.replaceAll('\n', '\r\n') : text}`;
  try {
    const { canaries, others, notes } = loadCanaries([{ name: file, text: bytes }], { ...options, defaultNamespace: 'default' });
    const kinds = others.map((other) => `${other.where} ${other.kind}/${other.name}`);
    return `${[...notes, ...kinds, ...canaries.map(facts)].join('\n')}\n`;
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return `exit ${error.exitCode}\n${error.problems.join('\n')}\n`;
  }
}

function facts({ source: _source, ...canary }: Canary): string {
  return JSON.stringify(canary, null, 2);
}

describe('a Canary file is loaded or refused in these words', () => {
  test.each(cases)('%s', (file) => {
    const beside = new URL(file.replace(/\.yaml$/, '.txt'), folder);
    const got = answer(file);
    if (process.env['UPDATE'] === '1') writeFileSync(beside, got);
    expect(got).toBe(readFileSync(beside, 'utf8'));
  });

  test('there are enough of them', () => {
    expect(cases.length).toBeGreaterThanOrEqual(112);
  });
});
