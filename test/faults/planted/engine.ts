// The runner with a bug planted in it: a bundle of src/ with a few texts replaced on the way. Must never write below src/.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { Engine } from '../play.ts';

export interface Patch {
  /** Such as 'src/core/guards.ts'. */
  readonly file: string;
  /** Stands there exactly once; else the patch is out of date, and says so. */
  readonly find: string;
  readonly replace: string;
}

const entry = "export { run } from './src/runner/run.ts'; export { remove } from './src/runner/remove.ts';";
const root = join(import.meta.dirname, '../../..');
// Packages are found from here, and no linter or watcher looks at it.
const bundles = join(root, 'node_modules/.cache/planted');

export async function plant(name: string, patches: readonly Patch[]): Promise<Engine> {
  const sources = new Map<string, string>();
  for (const patch of patches) {
    const file = join(root, patch.file);
    sources.set(file, patched(sources.get(file) ?? readFileSync(file, 'utf8'), patch));
  }
  const outfile = join(bundles, `${name.replaceAll(/[^a-z0-9]+/gi, '-')}.mjs`);
  mkdirSync(bundles, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    stdin: { contents: entry, resolveDir: root, loader: 'ts' },
    outfile,
    bundle: true,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'silent',
    plugins: [reading(sources)],
  });
  for (const { file } of patches) if (!metafile.inputs[file]) throw new Error(`the runner does not import ${file}`);
  const { run, remove } = (await import(outfile)) as Engine;
  return { run, remove };
}

function reading(sources: ReadonlyMap<string, string>): Plugin {
  return {
    name: 'planted',
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const contents = sources.get(path);
        return contents === undefined ? undefined : { contents, loader: 'ts' };
      }),
  };
}

export function patched(source: string, { file, find, replace }: Patch): string {
  const places = source.split(find).length - 1;
  if (places !== 1) throw new Error(`${file} has ${places} places instead of one that read: ${find}`);
  return source.replace(find, () => replace);
}
