// One cluster and the commands that run against it; when the story is over, or has failed, nothing of it is left.
import { expect } from '@jest/globals';
import { openCluster, type Cluster } from './cluster.ts';
import { inPipe, inTerminal, ordinary, type Plain, type Screen, type Terminal } from './terminal.ts';
import type { Watched } from './watched.ts';

export interface Scene {
  readonly cluster: Cluster;
  /** `canary …` against this cluster, in a window. */
  terminal(argv: readonly string[], screen?: Screen): Terminal;
  pipe(argv: readonly string[]): Plain;
  /** The arguments of `canary run` for the one canary of this cluster. */
  run(...more: readonly string[]): readonly string[];
}

export async function scene(play: (on: Scene) => Promise<void>): Promise<void> {
  const cluster = await openCluster();
  const started: Watched[] = [];
  const keep = <T extends Watched>(one: T): T => {
    started.push(one);
    return one;
  };
  const here = (argv: readonly string[]): readonly string[] => [...argv, '--kubeconfig', cluster.kubeconfig];
  try {
    await play({
      cluster,
      terminal: (argv, screen = ordinary) => keep(inTerminal(here(argv), screen, cluster.folder)),
      pipe: (argv) => keep(inPipe(here(argv), cluster.folder)),
      run: (...more) => ['run', cluster.canaryFile, '--metrics-url', cluster.metricsUrl, ...more],
    });
  } finally {
    for (const one of started) one.kill();
    await Promise.all(started.map((one) => one.ended().catch(() => undefined)));
    await cluster.close();
  }
}

/** A cluster where everything stands and the target has a revision to be released. */
export function sceneOfRelease(play: (on: Scene) => Promise<void>, image = 'stefanprodan/podinfo:3.1.1'): Promise<void> {
  return scene(async (on) => {
    const bootstrap = on.pipe(on.run('--drain', '0s'));
    expect([await bootstrap.ended(), bootstrap.text()]).toEqual([0, expect.stringContaining('\nresult=initialized exit=0 ')]);
    await on.cluster.setImage(image);
    await play(on);
  });
}

export const onPrimary = 'all traffic is on the primary';

/** It stopped as it was told to, said so last, nobody holds the record any more, and what it says of traffic is so. */
export async function expectParked(on: Scene, { by, exit, run }: { by: string; exit: number; run: Watched }): Promise<void> {
  expect(await run.ended()).toBe(exit);
  const said = new RegExp(`podinfo\\.test is parked \\(${by}\\): (.*)\\n`).exec(run.text())?.[1] ?? '';
  expect(said).toMatch(/traffic/);
  if (said.includes(onPrimary)) expect(on.cluster.weights()).toEqual({ primary: 100, canary: 0 });
  expect(run.text()).toMatch(new RegExp(`\\nresult=parked exit=${exit} [^\\n]*changed=false\\n$`));
  expect(on.cluster.record()).toMatchObject({ driver: '', parked: by });
  expect(on.cluster.leases()).toBe(0);
}

/** It went on to the end, without the lines of what was done before. */
export async function expectPromoted(on: Scene, run: Watched, { without }: { without: readonly string[] }): Promise<void> {
  expect([await run.ended(), run.text()]).toEqual([0, expect.stringMatching(/\nresult=promoted exit=0 [^\n]*changed=true\n$/)]);
  for (const line of without) expect(run.text()).not.toContain(line);
  expect(on.cluster.weights()).toEqual({ primary: 100, canary: 0 });
  expect(on.cluster.replicas('podinfo')).toBe(0);
  expect(on.cluster.record()).toMatchObject({ phase: 'Succeeded', driver: '' });
}
