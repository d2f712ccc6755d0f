// The programs of a control plane: taken from where the user has them, else built from the Go modules that go.mod pins, once. It starts none of them.
import { join } from 'node:path';
import { goBuild, isProgram, NoGoError, pinned } from '../support/go-build.ts';

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
  const version = pinned(source, 'k8s.io/kubernetes');
  // Kubernetes takes its version from the linker; without it kubectl and the API server would not know theirs.
  const told = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].map((name) => `-X ${name}.gitVersion=${version}`);
  try {
    return goBuild({
      source,
      cache: join(root, '.cache/cluster'),
      label: `kubernetes-${version}`,
      packages: Object.fromEntries(wanted.map((program) => [program, packages[program]])),
      linked: (program) => (program === 'etcd' ? [] : told),
    });
  } catch (error) {
    if (!(error instanceof NoGoError)) throw error;
    throw new Error(
      [
        'no control plane to test on. One of these is needed:',
        '  Go 1.25 or later on the PATH, to build etcd and Kubernetes from their modules',
        `  KUBEBUILDER_ASSETS naming a folder with ${programs.join(', ')}`,
        '  CANARY_TEST_KUBECONFIG naming the kubeconfig of a cluster of your own',
      ].join('\n'),
    );
  }
}
