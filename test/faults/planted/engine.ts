// The runner with a bug planted in it: a bundle of src/ with a few texts replaced on the way. Must never write below src/.
import { mkdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { run } from '../../../src/runner/run.ts';

export type Engine = typeof run;

export interface Patch {
  /** Such as 'src/core/guards.ts'. */
  readonly file: string;
  /** Stands there exactly once; else the patch is out of date, and says so. */
  readonly find: string;
  readonly replace: string;
}

const root = join(import.meta.dirname, '../../..');
// Packages are found from here, and no linter or watcher looks at it.
const bundles = join(root, 'node_modules/.cache/planted');

export async function plant(name: string, patches: readonly Patch[]): Promise<Engine> {
  mkdirSync(bundles, { recursive: true });
  const outfile = join(bundles, `${name.replaceAll(/[^a-z0-9]+/gi, '-')}.mjs`);
  const left = new Set(patches.map(({ file }) => file));
  await build({
    entryPoints: [join(root, 'src/runner/run.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'silent',
    plugins: [patching(patches, (file) => left.delete(file))],
  });
  if (left.size) throw new Error(`the runner does not import ${[...left].join(', ')}`);
  const { run } = (await import(outfile)) as { run: Engine };
  return run;
}

function patching(patches: readonly Patch[], onPatched: (file: string) => void): Plugin {
  return {
    name: 'planted',
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const file = relative(root, path);
        const mine = patches.filter((patch) => patch.file === file);
        if (!mine.length) return undefined;
        onPatched(file);
        return { contents: mine.reduce(patched, readFileSync(path, 'utf8')), loader: 'ts' };
      }),
  };
}

export function patched(source: string, { file, find, replace }: Patch): string {
  const [before, after, ...more] = source.split(find);
  if (before === undefined || after === undefined || more.length)
    throw new Error(`${file} has ${after === undefined ? 0 : more.length + 1} places instead of one that read: ${find}`);
  return `${before}${replace}${after}`;
}
