// Every program that the ring needs: built, found or installed before its network is closed. It starts none of them.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { binaries, type Binaries } from '../cluster/binaries.ts';
import { requirePackage } from '../support/packages.ts';
import { goBuild, NoGoError, pinned } from '../support/go-build.ts';

export interface Programs {
  readonly controlPlane: Binaries;
  readonly traefik: string;
  readonly podinfo: string;
  /** Carries port-forwards to pods. */
  readonly node: string;
}

export function requireCommands(): void {
  requirePackage('iproute2', ['ip']);
  requirePackage('util-linux', ['unshare']);
  requirePackage('prometheus', ['prometheus']);
}

export function programs(root: string): Programs {
  const built = (name: string, label: string, packages: Record<string, string>): string =>
    goBuild({ source: join(root, 'test/traffic', name), cache: join(root, '.cache/traffic'), label, packages });
  try {
    const proxy = join(root, 'test/traffic/traefik');
    const traefik = built('traefik', `traefik-${pinned(proxy, 'github.com/traefik/traefik/v3')}`, {
      traefik: 'github.com/traefik/traefik/v3/cmd/traefik',
    });
    const node = built('node', 'node', { podinfo: 'github.com/stefanprodan/podinfo/cmd/podinfo', node: '.' });
    const controlPlane = binaries(root);
    return { controlPlane, traefik: join(traefik, 'traefik'), podinfo: join(node, 'podinfo'), node: join(node, 'node') };
  } catch (error) {
    if (!(error instanceof NoGoError)) throw error;
    throw new Error('no proxy and no pods to test with: they are built from Go modules, and Go 1.25 or later is not on the PATH');
  }
}

/** With processes of its own a namespace ends them all when its first one ends, however that comes. Not everybody may see them in a /proc. */
const wanted = [
  ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
  ['--net', '--pid', '--fork', '--kill-child'],
];

/** What `unshare` is told for a network and processes of our own: without them nothing here is tried. */
export function requireNamespaces(): readonly string[] {
  const mapped = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  const refusals: string[] = [];
  for (const flags of wanted.map((each) => [...mapped, ...each])) {
    const { status, stderr } = spawnSync('unshare', [...flags, 'ip', 'link', 'set', 'lo', 'up'], { encoding: 'utf8' });
    if (status === 0) return flags;
    refusals.push(`unshare ${flags.join(' ')}: ${stderr.trim()}`);
  }
  throw new Error(['this ring needs a network namespace of its own, and this machine does not give one:', ...refusals].join('\n  '));
}
