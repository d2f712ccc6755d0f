// The bundle: what every start has to load, and what no light command may.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Output {
  bytes: number;
  inputs: Record<string, unknown>;
  imports: { path: string; kind: string }[];
}

function outputs(): Record<string, Output> {
  return (JSON.parse(readFileSync(join(root, 'dist/meta.json'), 'utf8')) as { outputs: Record<string, Output> }).outputs;
}

/** Everything that is loaded before a command is. */
function closure(all: Record<string, Output>, name: string, found = new Set<string>()): Set<string> {
  if (found.has(name) || !all[name]) return found;
  found.add(name);
  for (const { path, kind } of all[name].imports) if (kind === 'import-statement') closure(all, path, found);
  return found;
}

beforeAll(() => {
  const { status, stderr } = spawnSync('node', [join(root, 'tools/setup.mjs')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}, 300_000);

test('the entry and what it imports at once is at most 120 KB', () => {
  const all = outputs();
  const entry = closure(all, 'dist/main.js');
  expect(entry.has('dist/main.js')).toBe(true);
  const bytes = [...entry].reduce((sum, name) => sum + (all[name]?.bytes ?? 0), 0);
  expect(bytes).toBeLessThanOrEqual(120 * 1024);
});

test('the entry loads no YAML, no client of Kubernetes, no engine and no sandbox', () => {
  const all = outputs();
  const inputs = [...closure(all, 'dist/main.js')].flatMap((name) => Object.keys(all[name]?.inputs ?? {}));
  expect(inputs).toContain('node_modules/commander/lib/command.js');
  expect(
    inputs.filter((name) =>
      /client-node|js-yaml|node-fetch|cli-table3|chalk|src\/(core|kube|runner|sandbox|spec|routers|targets)\//.test(name),
    ),
  ).toEqual([]);
});

test('only the sandbox’s own chunks hold it: a real run never loads it', () => {
  const all = outputs();
  const runs = Object.keys(all).filter((name) => Object.keys(all[name]?.inputs ?? {}).includes('src/runner/run.ts'));
  expect(runs).toHaveLength(1);
  const inputs = [...closure(all, runs[0] ?? '')].flatMap((name) => Object.keys(all[name]?.inputs ?? {}));
  expect(inputs.filter((name) => name.startsWith('src/sandbox/'))).toEqual([]);
});

test('only one source imports the sandbox', () => {
  const { inputs } = JSON.parse(readFileSync(join(root, 'dist/meta.json'), 'utf8')) as {
    inputs: Record<string, { imports: { path: string }[] }>;
  };
  const importers = Object.entries(inputs)
    .filter(([name, { imports }]) => !name.startsWith('src/sandbox/') && imports.some(({ path }) => path.startsWith('src/sandbox/')))
    .map(([name]) => name);
  expect(importers).toEqual(['src/cli/connect.ts']);
});

test('setting up what is up to date says nothing and changes nothing, also several at once', () => {
  const before = readFileSync(join(root, 'dist/main.js'), 'utf8');
  const several = spawnSync('sh', ['-c', 'node tools/setup.mjs & node tools/setup.mjs & node tools/setup.mjs & wait'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect([several.status, several.stdout, several.stderr]).toEqual([0, '', '']);
  expect(readFileSync(join(root, 'dist/main.js'), 'utf8')).toBe(before);
});
