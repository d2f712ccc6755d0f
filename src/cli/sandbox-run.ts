// `run --sandbox`: the whole life of a release on a cluster inside this process: bootstrap, a new image, and the run to its end.
import type { Canary, Obj } from '../contracts.ts';
import { PreflightError, UsageError } from '../errors.ts';
import { shownText } from '../http/redact.ts';
import { libraryOf } from '../spec/library.ts';
import type { Loaded } from '../spec/load.ts';
import { textFlag, type Call } from './command.ts';
import type { Sandbox } from './connect.ts';
import { drive, type Ended } from './drive.ts';
import { imageOf, missing, namespaces, nextImage } from './made-up.ts';
import { reporterFor } from './reporting.ts';
import type { RunSettings } from './run-settings.ts';
import { addressesIn, missingSecrets } from './sandbox-addresses.ts';
import type { RunReporter } from '../ui/reporter.ts';

interface SandboxRun {
  readonly call: Call;
  readonly settings: RunSettings;
  readonly loaded: Loaded;
  readonly speed: number;
}

export async function runInSandbox({ call, settings, loaded, speed }: SandboxRun): Promise<number> {
  refuseCluster(call);
  const { canaries, others, notes } = loaded;
  const namespace = textFlag(call.flags, 'namespace') ?? 'default';
  const library = libraryOf(others, namespace);
  const { sandbox, reporter } = await sandboxFor(call, { canaries, others, namespace, speed, gatesOpenAfter });
  try {
    const all = await furnish(sandbox, { canaries, given: others, namespace, reporter });
    const { image, ...options } = settings.options;
    const first = await driveIn(sandbox, {
      call,
      settings: { ...settings, options },
      canaries,
      reporter,
      library,
      before: notes.map((note) => `note: ${note}`),
    });
    if (first.is === 'left') return first.exitCode;
    if (first.exitCode !== 0) return finish(reporter, first);
    if (!image) await pushImages(sandbox, { canaries, all, reporter });
    for (const canary of canaries.filter(isUnvisited)) visit(sandbox, canary, reporter);
    const second = await driveIn(sandbox, { call, settings, canaries, reporter, library, before: [] });
    return second.is === 'left' ? second.exitCode : finish(reporter, second);
  } finally {
    await sandbox.world.close();
  }
}

function refuseCluster({ flags }: Call): void {
  const cluster = ['kubeconfig', 'context'].find((name) => flags[name] !== undefined);
  if (cluster) throw new UsageError(`--${cluster} and --sandbox exclude each other: the sandbox is a cluster of its own`);
}

/** Nobody is there to open a gate, so it opens after a while. */
const gatesOpenAfter = 20_000;

interface Wanted {
  readonly canaries: readonly Canary[];
  readonly others: Loaded['others'];
  /** Of documents that name none. */
  readonly namespace: string;
  readonly speed: number;
  readonly gatesOpenAfter?: number;
  /** Addresses that are answered whatever the files name. */
  readonly besides?: { readonly metricsServers: readonly string[]; readonly hooks: readonly string[] };
}

/** A sandbox whose Prometheus, webhooks and chats answer at the addresses that the files name. */
export async function sandboxFor(call: Call, wanted: Wanted): Promise<{ sandbox: Sandbox; reporter: RunReporter }> {
  const { canaries, others, namespace, speed, gatesOpenAfter: after, besides } = wanted;
  const named = addressesIn(canaries, others, namespace);
  const opened: Sandbox[] = [];
  const reporter = reporterFor(call, () => opened[0]?.world.clock.now() ?? 0);
  const sandbox = await call.parts.sandbox({
    clock: { speed },
    ...named,
    metricsServers: [...(besides?.metricsServers ?? []), ...named.metricsServers],
    hooks: [...(besides?.hooks ?? []), ...named.hooks],
    ...(after === undefined ? {} : { gatesOpenAfter: after }),
    tell: (line) => reporter.note(shownText(`sandbox: ${line}`, 500)),
  });
  opened.push(sandbox);
  return { sandbox, reporter };
}

/** A run that leaves the sandbox open for the next one. */
export function driveIn(sandbox: Sandbox, what: Omit<Parameters<typeof drive>[0], 'world'>): Promise<Ended> {
  const { api, http, clock, about } = sandbox.world;
  return drive({ ...what, world: { api, http, clock, about, close: () => Promise.resolve() } });
}

interface Furniture {
  readonly canaries: readonly Canary[];
  readonly given: Loaded['others'];
  /** For objects that name none. */
  readonly namespace: string;
  readonly reporter: Pick<RunReporter, 'note'>;
}

/** Applies what the files give, and stand-ins for what they leave out. Returns all of it. */
export async function furnish(sandbox: Sandbox, what: Furniture): Promise<Obj[]> {
  const { canaries, reporter } = what;
  const given = placed(sandbox, what);
  const objects = given.map(({ object }) => object);
  const madeUp = once([...canaries.flatMap((canary) => missing(canary, objects)), ...missingSecrets(what.given, what.namespace)]);
  for (const { kind, metadata } of madeUp) reporter.note(`note: the files hold no ${kind}/${metadata.name}: the sandbox makes one up`);
  for (const { object, where } of given) await applyOne(sandbox, object, where);
  await sandbox.apply([...namespaces(madeUp), ...madeUp]);
  return [...objects, ...madeUp];
}

/** Two canaries may name the same ConfigMap. */
function once(objects: readonly Obj[]): Obj[] {
  return [...new Map(objects.map((object) => [`${object.kind}/${object.metadata.namespace}/${object.metadata.name}`, object])).values()];
}

interface Placed {
  readonly object: Obj;
  readonly where: string;
}

/** The objects that the sandbox serves, each in its namespace or in none. Flagger's own are read by the run and not applied. */
function placed(sandbox: Sandbox, { given, namespace, reporter }: Furniture): Placed[] {
  return given.flatMap(({ object: read, kind, name, where }) => {
    const object = read as unknown as Obj;
    if (object.apiVersion.startsWith('flagger.app/')) return [];
    const home = sandbox.home(object);
    if (home === undefined) {
      reporter.note(`note: ${where}: ${kind}/${name} is left out: the sandbox serves no ${kind} of ${object.apiVersion}`);
      return [];
    }
    const { namespace: own = namespace, ...metadata } = object.metadata ?? {};
    return [{ where, object: { ...object, metadata: home === 'cluster' ? metadata : { ...metadata, namespace: own } } }];
  });
}

async function applyOne(sandbox: Sandbox, object: Obj, where: string): Promise<void> {
  try {
    await sandbox.apply([...namespaces([object]), object]);
  } catch (error) {
    const refusal = error instanceof Error ? /^(?:POST|PATCH) \S+: 4\d\d (.*)$/s.exec(error.message)?.[1] : undefined;
    if (refusal === undefined) throw error;
    throw new PreflightError(`${where}: ${object.kind}/${object.metadata.name} is refused by the sandbox's API server: ${refusal}`);
  }
}

/** Blue/green: no user meets the new version before it is promoted, and no load test of the file does. */
function isUnvisited({ strategy, hooks }: Canary): boolean {
  const hasOwnLoad = hooks.some(({ metadata }) => metadata['cmd'] !== undefined);
  return strategy.kind === 'iterations' && strategy.by === 'all' && strategy.mirror === undefined && !hasOwnLoad;
}

/** As a load test would, so that there is something to be measured. */
function visit(sandbox: Sandbox, { namespace, service, provider }: Canary, reporter: RunReporter): void {
  const name = `${service.name}-canary`;
  // Traefik measures nothing but what it sends itself.
  const isTraefik = provider === 'traefik';
  const words = isTraefik ? ', through Traefik' : '';
  reporter.note(`note: the files hold no load test: the sandbox sends ${visits} requests a second to ${name}.${namespace}${words}`);
  sandbox.load({ namespace, name, ...(isTraefik ? { gateway: 'traefik' } : {}) }, visits);
}

const visits = 10;

async function pushImages(
  sandbox: Sandbox,
  what: { canaries: readonly Canary[]; all: readonly Obj[]; reporter: RunReporter },
): Promise<void> {
  for (const { targetRef, namespace } of what.canaries) {
    const target = what.all.find(
      ({ kind, metadata }) => kind === targetRef.kind && metadata.name === targetRef.name && metadata.namespace === namespace,
    );
    const image = target && imageOf(target);
    if (image === undefined) continue;
    what.reporter.note(`sandbox: kubectl -n ${namespace} set image deployment/${targetRef.name} *=${nextImage(image)}`);
    await sandbox.setImage({ namespace, name: targetRef.name }, nextImage(image));
  }
}

function finish(reporter: RunReporter, ended: Extract<Ended, { is: 'ended' }>): number {
  reporter.finish(ended.outcomes, ended.exitCode);
  return ended.exitCode;
}
