// What a canary refers to by name, found before anything is written: MetricTemplates, AlertProviders, and whether their Secrets are there.
// It must never look at what a Secret holds, only at the names of its keys.
import type { AlertService, AlertTarget, Canary, Metric, Template } from '../spec/types.ts';
import { ForbiddenError, PreflightError } from '../errors.ts';
import { alertProviderOf, builtinProvider } from '../kit.ts';
import type { Objects } from '../kube/objects.ts';
import type { JsonObject, Ref } from '../contracts.ts';
import { alertServiceFrom, templateFrom, type Library } from '../spec/library.ts';
import { renderedQuery } from './metric-query.ts';
import { bookKey, keyNames, secretRef, type SecretBook } from './secrets.ts';

export interface ReferenceSources {
  /** The files given, which win over the cluster. */
  library: Library;
  objects(namespace: string): Objects;
  signal: AbortSignal;
}

export interface Referred {
  canary: Canary;
  secrets: SecretBook;
}

/** Throws one PreflightError with all that is missing, each with its place in the file. */
export async function withReferences(canary: Canary, sources: ReferenceSources): Promise<Referred> {
  const search = createSearch(sources);
  // One after the other: the first refusal of a right ends it, and two references to one object are one look.
  const metrics: Metric[] = [];
  for (const metric of canary.metrics) metrics.push(await withTemplate(canary, metric, search));
  const alerts: AlertTarget[] = [];
  for (const alert of canary.alerts) alerts.push(await withService(alert, search));
  if (search.problems.length)
    throw new PreflightError([...new Set(search.problems)].join('\n'), 'nothing was changed; mend this, then run again');
  return { canary: { ...canary, metrics, alerts }, secrets: search.secrets };
}

async function withTemplate(canary: Canary, metric: Metric, search: Search): Promise<Metric> {
  const { source } = metric;
  if (source.kind === 'builtin') return metric;
  const wanted = search.wanted(metric.where);
  const found = source.kind === 'template' ? await template(source.ref, wanted) : undefined;
  if (source.kind === 'template' && !found) return metric;
  const filled: Metric = source.kind === 'template' && found ? { ...metric, source: { ...source, found } } : metric;
  const rendered = renderedQuery(canary, filled);
  if ('why' in rendered) wanted.problem(`metric ${metric.name}: ${rendered.why}`);
  return filled;
}

async function template(ref: { name: string; namespace: string }, wanted: Wanted): Promise<Template | undefined> {
  const found = wanted.library.template(ref.namespace, ref.name) ?? (await wanted.inCluster('MetricTemplate', ref, templateFrom));
  if (!found) return undefined;
  const name = named('MetricTemplate', ref);
  const driven = builtinProvider().ids;
  if (!driven.includes(found.type))
    wanted.problem(`${name} is of type ${found.type}, which is not driven yet; driven: ${driven.join(', ')}`);
  if (found.secret === undefined) return found;
  const keys = await wanted.secretKeys(secretRef(ref.namespace, found.secret), name);
  if (keys && !keys.includes('token') && !(keys.includes('username') && keys.includes('password'))) {
    wanted.problem(
      `${named('Secret', { name: found.secret, namespace: ref.namespace })} has neither token nor username and password; ${name} needs them`,
    );
  }
  return found;
}

async function withService(alert: AlertTarget, search: Search): Promise<AlertTarget> {
  const { ref } = alert;
  const wanted = search.wanted(alert.where);
  const name = named('AlertProvider', ref);
  const found: AlertService | undefined =
    wanted.library.alertService(ref.namespace, ref.name) ?? (await wanted.inCluster('AlertProvider', ref, alertServiceFrom));
  if (!found) return alert;
  if (!alertProviderOf(found.type)) wanted.problem(`${name} is of type ${found.type}, which is not driven`);
  const keys = found.secret === undefined ? [] : await wanted.secretKeys(secretRef(ref.namespace, found.secret), name);
  if (keys && !keys.includes('address') && found.address === undefined) {
    const missing = found.secret === undefined ? 'has no address' : `has no address, and its Secret ${found.secret} has no key address`;
    wanted.problem(`${name} ${missing}`);
  }
  return { ...alert, found };
}

interface Search {
  readonly problems: string[];
  readonly secrets: Map<string, readonly string[]>;
  wanted(where: string): Wanted;
}

/** Looks for one reference of the file, whose place goes into every problem. */
interface Wanted {
  readonly library: Library;
  problem(text: string): void;
  inCluster<T extends object>(
    kind: string,
    ref: { name: string; namespace: string },
    from: (object: JsonObject) => T | { why: string },
  ): Promise<T | undefined>;
  /** Undefined: there is no such Secret, and that was said. */
  secretKeys(secret: Ref, user: string): Promise<readonly string[] | undefined>;
}

type LookFor = (ref: Ref & { namespace: string }) => ReturnType<Objects['get']>;

function createSearch({ library, objects, signal }: ReferenceSources): Search {
  const problems: string[] = [];
  const secrets = new Map<string, readonly string[]>();
  const looks = new Map<string, ReturnType<Objects['get']>>();
  const look: LookFor = (ref) => {
    const id = `${ref.kind} ${bookKey(ref)}`;
    const looking = looks.get(id) ?? objects(ref.namespace).get(ref, signal);
    looks.set(id, looking);
    return looking;
  };
  return {
    problems,
    secrets,
    wanted(where) {
      const allowed: LookFor = async (ref) => {
        const found = await look(ref);
        if (found.is !== 'forbidden') return found;
        throw new ForbiddenError(`not allowed to look at ${named(ref.kind, ref)} (${where})`, `add the rule ${found.rule}`);
      };
      return wantedAt({ library, secrets, look: allowed, problem: (text) => void problems.push(`${text} (${where})`) });
    },
  };
}

interface At {
  library: Library;
  secrets: Map<string, readonly string[]>;
  look: LookFor;
  problem(text: string): void;
}

function wantedAt({ library, secrets, look, problem }: At): Wanted {
  return {
    library,
    problem,
    async inCluster(kind, { name, namespace }, from) {
      const found = await look({ apiVersion: 'flagger.app/v1beta1', kind, name, namespace });
      const what = named(kind, { name, namespace });
      if (found.is !== 'present') {
        const served = found.is === 'no-such-kind' ? `the cluster serves no ${kind}` : 'not in the cluster';
        problem(`${what} is not among the files given, and ${served}`);
        return undefined;
      }
      const read = from(found.object as JsonObject);
      if (!('why' in read)) return read;
      problem(`${what} is not valid: ${String(read.why)}`);
      return undefined;
    },
    async secretKeys(secret, user) {
      const { name, namespace = '' } = secret;
      const found = await look({ ...secret, namespace });
      if (found.is !== 'present') {
        problem(`${named('Secret', { name, namespace })} is not there; ${user} needs it`);
        return undefined;
      }
      const keys = keyNames(found.object);
      secrets.set(bookKey(secret), keys);
      return keys;
    },
  };
}

function named(kind: string, { name, namespace }: { name: string; namespace: string }): string {
  return `${kind} ${name} in namespace ${namespace}`;
}
