// Programs of Go modules that a go.mod of the checkout pins, built once for each set of pins. It starts none of them.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface GoBuild {
  /** The folder of the go.mod. */
  readonly source: string;
  /** Where programs are kept; each set of pins has a folder of its own there, whose name begins with `label`. */
  readonly cache: string;
  readonly label: string;
  /** What is built, by name: Go packages. */
  readonly packages: Readonly<Record<string, string>>;
  /** Words for the linker. */
  linked?(program: string): readonly string[];
}

/** The folder with all of them. Says on stdout what it is about to do, as it can take minutes. */
export function goBuild(what: GoBuild): string {
  const folder = join(what.cache, `${what.label}-${keyOf(what.source)}`);
  const left = Object.keys(what.packages).filter((program) => !isProgram(join(folder, program)));
  if (left.length) process.stdout.write(`building ${left.join(', ')} with ${goVersion()}: some minutes, once\n`);
  mkdirSync(folder, { recursive: true });
  for (const program of left) compile(what, program, folder);
  return folder;
}

/** The pins, and code of our own beside them. */
function keyOf(source: string): string {
  const files = readdirSync(source).filter((name) => /^go\.(mod|sum)$|\.go$/.test(name));
  const texts = files.sort().map((name) => readFileSync(join(source, name), 'utf8'));
  return createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 12);
}

function compile(what: GoBuild, program: string, folder: string): void {
  const draft = join(folder, `${program}.${process.pid}`);
  const flags = ['-s', '-w', ...(what.linked?.(program) ?? [])].join(' ');
  const began = Date.now();
  const { status } = spawnSync('go', ['build', '-buildvcs=false', '-ldflags', flags, '-o', draft, what.packages[program] ?? ''], {
    cwd: what.source,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '-mod=readonly' },
  });
  if (status !== 0) {
    rmSync(draft, { force: true });
    throw new Error(`${program} could not be built: what go said stands above`);
  }
  // Whole or not at all: a build that was cut off must not be taken for one.
  renameSync(draft, join(folder, program));
  process.stdout.write(`  ${program} in ${Math.round((Date.now() - began) / 1000)} s\n`);
}

export class NoGoError extends Error {}

function goVersion(): string {
  const { status, stdout } = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  throw new NoGoError('Go is not on the PATH');
}

/** The version that a go.mod asks for. */
export function pinned(source: string, module: string): string {
  const text = readFileSync(join(source, 'go.mod'), 'utf8');
  return new RegExp(`^\\s*(?:require )?${module} (v\\S+)`, 'm').exec(text)?.[1] ?? 'v0.0.0';
}

export function isProgram(file: string): boolean {
  if (!existsSync(file)) return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
