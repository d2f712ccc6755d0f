// What the tests of the engine stand on: a record in facts, one look at it and at the cluster, and the decision in short words.
import { dig, listAt } from '../../src/common/dig.ts';
import type { Answer, Canary, Change, Ctx, Obj, Traffic, Verdict } from '../../src/contracts.ts';
import { decide } from '../../src/core/decide.ts';
import type { Decision, Intent, Kept, Kit, Options, State } from '../../src/core/types.ts';
import { say } from '../../src/core/wording.ts';
import { kitOf, needsOf } from '../../src/kit.ts';
import type { Hook, Metric } from '../../src/spec/types.ts';
import { applied, canaryOf, digest, foundOf, seenBy } from '../support/found.ts';
import { cluster, type Facts } from './facts.ts';

export { cluster, untouched, type Facts } from './facts.ts';

export const t0 = 1_700_000_000_000;
export const second = 1000;

export const successRate: Metric = {
  name: 'request-success-rate',
  source: { kind: 'builtin' },
  min: 99,
  interval: '1m',
  where: 'canary.yaml:1:1',
};

export const nothingKept: Kept = { spec: {}, undo: {}, made: [], runs: [] };

/** One metric; the weights 5 and 10. */
export function podinfo(changed: Partial<Canary> = {}): Canary {
  return canaryOf({ metrics: [successRate], ...changed });
}

export function kit(canary: Canary = podinfo(), options: Partial<Options> = {}): Kit {
  return kitOf(canary, { noRetry: false, drain: 10 * second, onInterrupt: 'park', ...options }, digest);
}

/** The hash by which records name the revision with this image. */
export function revision(image: string): string {
  const whole = kit();
  const ctx = seenBy([{ needs: (c) => needsOf(whole, c) }], whole.canary, foundOf(cluster({ target: image })));
  return whole.target.revision(ctx, 'canary')?.hash ?? '';
}

type Loose<T> = { [K in keyof T]?: T[K] | undefined };

/** The record of podinfo:1 promoted and podinfo:2 under way, its traffic read back at t0; `undefined` takes a field out. */
export function state(phase: State['phase'], changed: Loose<State> = {}): State {
  const whole = {
    schema: 1,
    canary: 'podinfo',
    epoch: 1,
    driver: 'me',
    host: 'ana@laptop',
    run: 'run1',
    phase,
    since: t0,
    traffic: split(0),
    at: t0,
    check: { no: 1, dueAt: t0 },
    failedChecks: 0,
    iterations: 0,
    passed: [],
    revision: revision('podinfo:2'),
    promoted: revision('podinfo:1'),
    owed: [],
    heard: [],
    ...changed,
  };
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as unknown as State;
}

export function split(canary: number): State['traffic'] {
  return { kind: 'split', canary };
}

export interface Sight {
  /** What the router says of the data plane, in place of its own word. */
  settled?: Verdict;

  objects: readonly Obj[];
  state: State;
  canary?: Canary;
  options?: Partial<Options>;
  now?: number;
  answers?: Readonly<Record<string, Answer>>;
  intents?: readonly Intent[];
  kept?: Partial<Kept>;
  nonce?: string;
}

/** One pass. What the plug-ins did not name cannot be looked at. */
export function decideOn(sight: Sight): Decision {
  const plain = kit(sight.canary ?? podinfo(), sight.options);
  const { settled } = sight;
  const whole = settled ? { ...plain, router: { ...plain.router, settled: () => settled } } : plain;
  const kept: Kept = { ...nothingKept, ...sight.kept };
  const { found } = seenBy([{ needs: (c) => needsOf(whole, { ...c, made: kept.made }) }], whole.canary, foundOf(sight.objects));
  return decide(whole, sight.state, {
    now: sight.now ?? t0,
    nonce: sight.nonce ?? 'nonce',
    driver: 'me',
    found,
    kept,
    answers: new Map(Object.entries(sight.answers ?? {})),
    intents: sight.intents ?? [],
  });
}

/** The changes by what they touch: 'VirtualService/podinfo'. */
export function touched({ changes }: Decision): string[] {
  return changes.map((change) => {
    const { kind, name } = change.op === 'create' ? { kind: change.object.kind, name: change.object.metadata.name } : change.ref;
    return `${change.op} ${kind}/${name}`;
  });
}

/** The lines of the events, as they will be said. */
export function lines({ events }: Decision, canary: Canary = podinfo()): string[] {
  return events.map((event) => say(event, canary).text);
}

/** What the decision relies on besides the objects it changes. */
export function givenOf({ changes }: Decision, name: string): string[] {
  const change = changes.find((each) => each.op === 'merge' && each.ref.name === name);
  return (change?.given ?? []).map(({ kind, name: of }) => `${kind}/${of}`);
}

/** The canary's weight in the VirtualService as it would stand after the changes; read here, not by a router. */
export function weightAfter(objects: readonly Obj[], changes: readonly Change[]): unknown {
  const route = applied(objects, changes).find(({ kind }) => kind === 'VirtualService');
  const [http] = listAt(route, 'spec', 'http');
  return listAt(http, 'route').map((entry) => dig(entry, 'weight'))[1];
}

/** A Deployment as it would stand after the changes. */
export function deploymentAfter(objects: readonly Obj[], changes: readonly Change[], name: string): { image: unknown; replicas: unknown } {
  const found = applied(objects, changes).find((object) => object.kind === 'Deployment' && object.metadata.name === name);
  const [container] = listAt(found, 'spec', 'template', 'spec', 'containers');
  return { image: dig(container, 'image'), replicas: dig(found, 'spec', 'replicas') };
}

/** Analysed to the end and not copied yet: podinfo:2 on the target, with the analysis' last weight. */
export function analysed(changed: Partial<Facts> = {}): Obj[] {
  return cluster({ target: 'podinfo:2', canaryPods: { wanted: 2, ready: 2 }, weight: 10, ...changed });
}

/** The same after the copy. */
export function copied(changed: Partial<Facts> = {}): Obj[] {
  return analysed({ primary: 'podinfo:2', history: ['podinfo:1', 'podinfo:2'], ...changed });
}

export function promoting(changed: Parameters<typeof state>[1] = {}): State {
  return state('Promoting', { traffic: split(10), ...changed });
}

export function hook(name: string, type: Hook['type'], changed: Partial<Hook> = {}): Hook {
  const fixed = {
    url: `http://${name}`,
    timeout: 10_000,
    retries: 0,
    insecure: false,
    muteAlert: false,
    metadata: {},
    where: 'canary.yaml:1:1',
  };
  return { name, type, ...fixed, ...changed };
}

/** The cluster with its route leading there: the router's own writing, which has tests of its own. */
export function routed(objects: readonly Obj[], traffic: Traffic, canary: Canary = podinfo()): Obj[] {
  const whole = kit(canary);
  return applied(objects, whole.router.route(ctxOf(whole, objects), traffic));
}

/** Where the router says that traffic goes after the changes. */
export function trafficAfter(objects: readonly Obj[], changes: readonly Change[], canary: Canary = podinfo()): Traffic | undefined {
  const whole = kit(canary);
  return whole.router.read(ctxOf(whole, applied(objects, changes)));
}

function ctxOf(whole: Kit, objects: readonly Obj[]): Ctx {
  return seenBy([{ needs: (c) => needsOf(whole, c) }], whole.canary, foundOf(objects));
}
