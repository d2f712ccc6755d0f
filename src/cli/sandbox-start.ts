// `canary sandbox start`: serves a simulated cluster with the files' objects until it is told to stop. Drives no release.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { SpecError, UsageError } from '../errors.ts';
import { redactUrl, shownText } from '../http/redact.ts';
import { loadCanaries, type Loaded } from '../spec/load.ts';
import { locatedText, readDocuments, whereText, type Document } from '../spec/read.ts';
import { textFlag, type Call } from './command.ts';
import type { Door } from './connect.ts';
import { readSources, type Source } from './files.ts';
import { speedFlag } from './flags.ts';
import type { SignalName } from './io.ts';
import { furnish, sandboxFor } from './sandbox-run.ts';
import { specOptions } from './spec-options.ts';

/** There whatever the files name. */
const usual = { metricsServers: ['http://prometheus:9090'], hooks: ['http://flagger-loadtester.test/'] };
const signals: readonly SignalName[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** 0 when somebody ends it: that is how it is meant to end. */
export async function startSandbox(call: Call): Promise<number> {
  const { args, flags, io } = call;
  const speed = speedFlag(flags, 100) ?? 1;
  const port = portFlag(call);
  const loaded = readLoaded(await readSources(args, io.stdin), call);
  const namespace = textFlag(flags, 'namespace') ?? 'default';
  const stopped = untilSignal(call);
  const { sandbox } = await sandboxFor(call, { ...loaded, namespace, speed, besides: besides(loaded) });
  const say = (line: string): void => io.stderr.write(`${/^ */.exec(line)?.[0] ?? ''}${shownText(line, 500)}\n`);
  try {
    for (const note of loaded.notes) say(`note: ${note}`);
    const applied = await furnish(sandbox, { canaries: loaded.canaries, given: loaded.others, namespace, reporter: { note: say } });
    const door = await sandbox.listen(port).catch((error: unknown) => refusePort(error, port));
    await serve(call, door, async () => {
      say(`a simulated cluster, ${speed === 1 ? '' : `${speed} times `}as fast as the clock on the wall; Ctrl-C ends it`);
      if (speed !== 1) say(`note: canary in another process keeps the clock on the wall; at this speed status may take it for dead`);
      for (const { kind, metadata } of applied)
        say(`applied ${kind}/${metadata.name}${metadata.namespace ? ` in ${metadata.namespace}` : ''}`);
      for (const line of whatNext(door, loaded, args)) say(line);
      await stopped.signal;
    });
    return 0;
  } finally {
    stopped.stop();
    await sandbox.world.close();
  }
}

/** With the kubeconfig in its file for as long as `work` takes. */
async function serve({ io, flags }: Call, door: Door, work: () => Promise<void>): Promise<void> {
  try {
    const file = await writeKubeconfig(textFlag(flags, 'kubeconfig'), door.kubeconfig);
    try {
      io.stdout.write(`export KUBECONFIG=${quoted(file.path)}\n`);
      await work();
    } finally {
      await file.remove();
    }
  } finally {
    await door.close();
  }
}

/** Listened to from the start: a folder that was made is taken away again whenever somebody loses patience. */
function untilSignal({ io }: Call): { readonly signal: Promise<void>; stop(): void } {
  let heard: () => void = () => undefined;
  const signal = new Promise<void>((resolveSignal) => {
    heard = resolveSignal;
  });
  const stops = signals.map((name) => io.onSignal(name, () => heard()));
  return { signal, stop: () => stops.forEach((stop) => stop()) };
}

/** A metrics server of one word is a Service in the canary's own namespace to whoever comes through the API server. */
function besides({ canaries }: Loaded): typeof usual {
  const inside = canaries.flatMap(({ metricsServer, namespace }) => {
    if (!URL.canParse(metricsServer)) return [];
    const { protocol, hostname, port } = new URL(metricsServer);
    const isWord = /^[a-z][-a-z0-9]*$/.test(hostname) && hostname !== 'localhost';
    return isWord ? [`${protocol}//${hostname}.${namespace}${port ? `:${port}` : ''}`] : [];
  });
  return { ...usual, metricsServers: [...new Set([...usual.metricsServers, ...inside])] };
}

/** As a run reads them; files without a Canary are welcome here. */
function readLoaded(sources: readonly Source[], { flags }: Call): Loaded {
  const { documents, problems, notes } = readDocuments(sources);
  if (documents.some(({ kind, apiVersion }) => kind === 'Canary' && apiVersion.startsWith('flagger.app/')))
    return loadCanaries(sources, specOptions(flags, 'default'));
  if (problems.length) throw new SpecError(problems.map(locatedText));
  return { canaries: [], others: documents.map(other), notes: notes.map(locatedText) };
}

function other({ apiVersion, kind, object, locate }: Document): Loaded['others'][number] {
  const { name, namespace } = (object['metadata'] ?? {}) as { name?: unknown; namespace?: unknown };
  const place = typeof namespace === 'string' ? { namespace } : {};
  return { apiVersion, kind, name: String(name ?? ''), ...place, where: whereText(locate([], '')), object };
}

function portFlag({ flags }: Call): number | undefined {
  const text = textFlag(flags, 'port');
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535) throw new UsageError(`--port: expected 1 to 65535, got "${text}"`);
  return port;
}

function refusePort(error: unknown, port: number | undefined): never {
  const code = codeOf(error);
  if (code === 'EADDRINUSE') throw new UsageError(`--port: something listens on ${port} already`, 'leave --port out for a free one');
  if (code === 'EACCES') throw new UsageError(`--port: not allowed to listen on ${port}`, 'take one from 1024 up');
  throw error;
}

/** What the system calls it: 'EEXIST'. */
function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

interface KubeconfigFile {
  readonly path: string;
  remove(): Promise<void>;
}

/** Nobody else may read it, and no file that is there already is touched. */
async function writeKubeconfig(asked: string | undefined, text: string): Promise<KubeconfigFile> {
  const path = asked === undefined ? join(await mkdtemp(join(tmpdir(), 'canary-sandbox-')), 'kubeconfig') : resolve(asked);
  await writeFile(path, text, { mode: 0o600, flag: 'wx' }).catch((error: unknown) => refuseFile(error, path));
  return { path, remove: () => rm(asked === undefined ? dirname(path) : path, { recursive: asked === undefined, force: true }) };
}

function refuseFile(error: unknown, path: string): never {
  const code = codeOf(error);
  const reasons: Readonly<Record<string, string>> = {
    EEXIST: 'is there already; it is not overwritten',
    ENOENT: 'its folder does not exist',
    EACCES: 'not allowed to write it',
    EISDIR: 'is a folder',
  };
  if (!reasons[code]) throw error;
  throw new UsageError(`--kubeconfig: ${path}: ${reasons[code]}`);
}

/** For a shell: as it is where no character means anything to one. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

function whatNext({ url }: Door, { canaries }: Loaded, files: readonly string[]): string[] {
  const [first] = canaries;
  const named = [...new Set(canaries.flatMap((each) => [each.metricsServer, ...each.hooks.map((hook) => hook.url)]).map(redactUrl))];
  const again = files.filter((file) => file !== '-').join(' ') || 'FILE';
  const target = first ? `deployment/${first.targetRef.name} -n ${first.namespace}` : 'TARGET';
  return [
    `metrics at ${url}/prometheus`,
    `webhooks at ${url}/loadtester (gates: ${url}/loadtester/gate/open and /close, with {"name": …, "namespace": …})`,
    ...(named.length ? [`as an HTTP proxy it also answers at ${named.join(' and ')}`] : []),
    'next, in another terminal, after the line that begins with export:',
    '  kubectl get deployments,services -A',
    `  http_proxy=${url} canary run ${again}`,
    `  canary sandbox fault ${target} --errors 30%`,
  ];
}
