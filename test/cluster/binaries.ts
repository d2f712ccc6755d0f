// The programs of a control plane: taken from where the user has them, else built from the Go modules that go.mod pins, once. It starts none of them.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** By the last part of their Go package; etcd's is called server. */
const packages = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
} as const;

export type Program = keyof typeof packages;
export type Binaries = Readonly<Record<Program, string>>;

const programs = Object.keys(packages) as Program[];

/** Says on stdout what it is about to do, as it can take minutes. `root`: the checkout. */
export function binaries(root: string): Binaries {
  const assets = process.env['KUBEBUILDER_ASSETS'];
  const given = (program: Program): string | undefined => {
    const file = assets && join(assets, program);
    return file && isProgram(file) ? file : undefined;
  };
  const missing = programs.filter((program) => given(program) === undefined);
  const built = missing.length ? build(root, missing) : '';
  return Object.fromEntries(programs.map((program) => [program, given(program) ?? join(built, program)])) as Binaries;
}

function build(root: string, wanted: readonly Program[]): string {
  const source = join(root, 'test/cluster');
  const pins = ['go.mod', 'go.sum'].map((name) => readFileSync(join(source, name), 'utf8'));
  const key = createHash('sha256').update(pins.join('\n')).digest('hex').slice(0, 12);
  const folder = join(root, '.cache/cluster', `kubernetes-${versionOf(pins[0] ?? '', 'k8s.io/kubernetes')}-${key}`);
  const left = wanted.filter((program) => !isProgram(join(folder, program)));
  if (left.length) process.stdout.write(`building ${left.join(', ')} with ${goVersion()}: some minutes, once\n`);
  mkdirSync(folder, { recursive: true });
  for (const program of left) compile({ source, folder, program, version: versionOf(pins[0] ?? '', 'k8s.io/kubernetes') });
  return folder;
}

function compile(what: { source: string; folder: string; program: Program; version: string }): void {
  const { source, folder, program, version } = what;
  const draft = join(folder, `${program}.${process.pid}`);
  // Kubernetes takes its version from the linker; without it kubectl and the API server would not know theirs.
  const told = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].map((name) => `-X ${name}.gitVersion=${version}`);
  const flags = ['-s', '-w', ...(program === 'etcd' ? [] : told)].join(' ');
  const began = Date.now();
  const { status } = spawnSync('go', ['build', '-buildvcs=false', '-ldflags', flags, '-o', draft, packages[program]], {
    cwd: source,
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

function goVersion(): string {
  const { status, stdout } = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  throw new Error(
    [
      'no control plane to test on. One of these is needed:',
      '  Go 1.24 or later on the PATH, to build etcd and Kubernetes from their modules',
      `  KUBEBUILDER_ASSETS naming a folder with ${programs.join(', ')}`,
      '  CANARY_TEST_KUBECONFIG naming the kubeconfig of a cluster of your own',
    ].join('\n'),
  );
}

function versionOf(mod: string, module: string): string {
  return new RegExp(`^\\s*(?:require )?${module} (v\\S+)`, 'm').exec(mod)?.[1] ?? 'v0.0.0';
}

function isProgram(file: string): boolean {
  if (!existsSync(file)) return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
