// Bundles src/cli/main.ts into dist/: ESM, split so that a command loads only what it needs. dist/meta.json is what the size test reads.
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');

// Bundled CommonJS packages ask for Node's own modules with require, which an ES module does not have.
const banner = "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);";

export async function buildDist() {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { main: 'src/cli/main.ts' },
    outdir: 'dist',
    entryNames: '[name]',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    banner: { js: banner },
    // Names stay as they are: the stack of a bug report must be readable.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  // Chunks carry their content's hash in their names: they come first, the entry that names them last.
  const files = outputFiles.map(({ path, contents }) => ({ path, contents }));
  for (const { path, contents } of files.sort((a, b) => Number(isEntry(a.path)) - Number(isEntry(b.path)))) put(path, contents);
  cpSync(join(root, 'examples/podinfo'), join(dist, 'examples/podinfo'), { recursive: true });
  put(join(dist, 'meta.json'), JSON.stringify(metafile));
  sweep(new Set(files.map(({ path }) => path)));
}

function isEntry(path) {
  return relative(dist, path) === 'main.js';
}

/** Whole or not at all: another process may be reading. */
function put(path, contents) {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, path);
}

/** Chunks of earlier builds; young ones may still be wanted by a process that started before this build. */
function sweep(wanted) {
  const chunks = join(dist, 'chunks');
  for (const name of readdirSync(chunks)) {
    const path = join(chunks, name);
    if (!wanted.has(path) && Date.now() - statSync(path).mtimeMs > 600_000) rmSync(path, { force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildDist();
