// One release's place on the bench: a namespace with a live service, its users as a stream of requests, and whoever drives the release with just the
// Role that its file needs. It judges nothing.
import { spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import yaml from 'js-yaml';
import type { Obj } from '../../src/contracts.ts';
import { openArena, type Arena, type Ended, type Reach, type Running } from '../cluster/arena.ts';
import type { Bench } from './bench.ts';
import { target } from './history.ts';
import { readWritten, type Written } from './load/entry.ts';
import { entry } from './proxy.ts';

export interface Stage {
  readonly bench: Bench;
  readonly arena: Arena;
  readonly namespace: string;
  /** What users ask for. */
  readonly host: string;
  /** The Canary's file. */
  readonly file: string;
  /** What a person does: `kubectl apply`. */
  apply(object: Obj): Promise<void>;
  setImage(image: string): Promise<void>;
  /** The built command; its lines go into a file of the bench too. */
  start(argv: readonly string[]): Running;
  run(argv: readonly string[]): Promise<Ended>;
  close(): Promise<void>;
}

export interface StageOptions {
  readonly namespace: string;
  readonly reach: Reach;
  /** The live service: Deployment, Service, and route where it has one. */
  readonly objects: readonly Obj[];
  /** The Canary and what goes with it. */
  readonly canary: string;
  /** Further files that the same driver is granted. */
  readonly others?: Readonly<Record<string, string>>;
}

export function hostOf(namespace: string): string {
  return `${namespace}.example.com`;
}

export async function openStage(bench: Bench, options: StageOptions): Promise<Stage> {
  const { namespace, reach } = options;
  const arena = await openArena(bench.cluster, { namespace, reach });
  const apply = (object: Obj): Promise<void> => kubectlApply(bench, namespace, object);
  for (const object of options.objects) await apply(object);
  const file = arena.file('canary.yaml', options.canary);
  for (const [name, text] of Object.entries(options.others ?? {})) arena.file(name, text);
  // Which ConfigMaps a release may copy stands in the Deployment.
  await arena.grant(arena.file('granted.yaml', [options.canary, ...options.objects.map((object) => yaml.dump(object))].join('---\n')));
  const log = createWriteStream(join(bench.folder, `${namespace}.log`), { flags: 'a' });
  const start = (argv: readonly string[]): Running => {
    log.write(`${now()} $ canary ${argv.join(' ')}\n`);
    let told = 0;
    const onOut = (out: string): void => {
      for (const line of out
        .slice(told, out.lastIndexOf('\n') + 1)
        .split('\n')
        .filter(Boolean))
        log.write(`${now()} ${line}\n`);
      told = out.lastIndexOf('\n') + 1;
    };
    const running = arena.start(argv, { onOut, together: true });
    void running.ended.then(({ code }) => log.write(`${now()} exit ${code}\n`));
    return running;
  };
  return {
    ...{ bench, arena, namespace, host: hostOf(namespace), file, start, apply },
    setImage: (image) => arena.setImage(target, image),
    run: (argv) => start(argv).ended,
    async close() {
      await arena.close();
      log.end();
    },
  };
}

async function kubectlApply({ cluster }: Bench, namespace: string, object: Obj): Promise<void> {
  const child = spawn(cluster.kubectl, ['--kubeconfig', cluster.kubeconfig, '-n', namespace, 'apply', '-f', '-']);
  child.stdin.end(JSON.stringify(object));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (said += part));
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`kubectl apply of ${object.kind}/${object.metadata.name}: ${said}`);
}

function now(): string {
  return new Date().toISOString();
}

export interface Users {
  /** Everything so far. */
  entries(): Written['entries'];
  /** Sends nothing more, waits for what is under way, and gives all of it. */
  stop(): Promise<Written>;
}

/** An even stream of requests; resolves when the first ones were answered. `name`: of its records. */
export async function users(
  stage: Pick<Stage, 'bench' | 'namespace' | 'host'>,
  about: { name?: string; rate?: number; headers?: Readonly<Record<string, string>> } = {},
): Promise<Users> {
  const { bench, namespace, host } = stage;
  const out = join(bench.folder, `${namespace}${about.name ? `-${about.name}` : ''}.jsonl`);
  const url = `http://${entry.host}:${entry.port}/`;
  // The bench bounds all of it: nobody sends for more than a quarter of an hour.
  const load = {
    url,
    host,
    rate: about.rate ?? 100,
    out,
    seconds: 900,
    timeout: 10_000,
    ...(about.headers ? { headers: about.headers } : {}),
  };
  const child = spawn(process.execPath, [bench.client, JSON.stringify(load)], { stdio: ['ignore', 'ignore', 'inherit'] });
  const written = (): Written => readWritten(readFileSync(out, 'utf8'));
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  return {
    entries: () => written().entries,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      return written();
    },
  };
}
