// Simulated users: so many requests a second to every canary's apex host, along the mesh's shares to pods that are ready, counted where they
// end and scraped every few seconds. It must send nothing to anybody else, and move only on the clock it is given.
import { isObject } from '../../common/json.ts';
import type { Obj } from '../../contracts.ts';
import type { Millis } from '../../ports.ts';
import { shares, workloadOf, type Endpoint, type Host, type Objects } from '../mesh/index.ts';
import { countRequest, createExporter, endSeries, scrape, type Exporter } from './exporter.ts';
import { prune, type StoredSeries } from './series.ts';

export interface TrafficOptions {
  readonly objects: Objects;
  readonly clock: { now(): Millis; after(ms: Millis, fn: () => void): () => void };
  /** `errors`: share of requests answered with 500, 0 to 1. `latencyMs` comes on top of what a healthy answer takes. */
  readonly faults: { of(image: string, target: string): { readonly errors?: number; readonly latencyMs?: number } };
  readonly requestsPerSecond: number;
  /** Between two scrapes; 5 s when left out. */
  readonly scrapeEvery?: Millis;
  readonly random: () => number;
}

export interface Totals {
  sent: number;
  /** Answered with 500 by a pod. */
  failed: number;
  /** Nobody was there to answer. */
  lost: number;
}

export interface Metrics {
  /** What was scraped so far. */
  stored(): StoredSeries;
  totals(): Readonly<Totals>;
  /** For saving and putting back the world it runs in. */
  snapshot(): unknown;
  restore(saved: unknown): void;
  stop(): void;
}

const tick = 1_000;
const usualScrape = 5_000;
/** After a stalled event loop (a closed laptop) no flood is made up for. */
const longestTick = 10_000;

/** Plain data, so that it can be cloned. */
interface State {
  stored: StoredSeries;
  exporters: Map<string, Exporter>;
  /** Parts of a request that are still owed to a destination, by host and service. */
  owed: Map<string, number>;
  turn: number;
  totals: Totals;
  lastTick: Millis;
  nextScrape: Millis;
}

export function startTraffic(options: TrafficOptions): Metrics {
  const { clock, scrapeEvery = usualScrape } = options;
  let state = beginning(clock.now(), scrapeEvery);
  let cancel = clock.after(tick, step);

  function step(): void {
    const now = clock.now();
    const seconds = Math.min(Math.max(0, now - state.lastTick), longestTick) / 1000;
    state.lastTick = now;
    for (const host of apexHosts(options.objects)) sendTo(host, seconds, { state, options });
    if (now >= state.nextScrape) {
      scrapeAll(state, options.objects, now);
      state.nextScrape = now + scrapeEvery;
    }
    cancel = clock.after(tick, step);
  }

  return {
    stored: () => state.stored,
    totals: () => state.totals,
    snapshot: () => structuredClone(state),
    restore(saved) {
      state = structuredClone(saved as State);
      cancel();
      cancel = clock.after(Math.max(0, state.lastTick + tick - clock.now()), step);
    },
    stop: () => cancel(),
  };
}

function beginning(now: Millis, scrapeEvery: Millis): State {
  return {
    stored: new Map(),
    exporters: new Map(),
    owed: new Map(),
    turn: 0,
    totals: { sent: 0, failed: 0, lost: 0 },
    lastTick: now,
    nextScrape: now + scrapeEvery,
  };
}

/** A Service with a -primary and a -canary beside it. */
function apexHosts(objects: Objects): Host[] {
  const services = objects.list('Service');
  const names = new Set(services.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  return services
    .map(({ metadata }) => ({ name: metadata.name, namespace: metadata.namespace ?? 'default' }))
    .filter(({ name, namespace }) => names.has(`${namespace}/${name}-primary`) && names.has(`${namespace}/${name}-canary`));
}

interface Run {
  readonly state: State;
  readonly options: TrafficOptions;
}

function sendTo(host: Host, seconds: number, run: Run): void {
  const { state, options } = run;
  const all = shares(options.objects, host);
  const requests = options.requestsPerSecond * seconds;
  if (!all.length) lose(state, whole(state, `${host.namespace}/${host.name}`, requests));
  for (const { namespace, service, percent, endpoints } of all) {
    const count = whole(state, `${host.namespace}/${host.name} ${namespace}/${service}`, (requests * percent) / 100);
    if (endpoints.length) ask(endpoints, { service, count }, run);
    else lose(state, count);
  }
}

/** Whole requests only; what is left over is owed to the next tick, so that even 1 % is served exactly in the long run. */
function whole(state: State, key: string, requests: number): number {
  const due = requests + (state.owed.get(key) ?? 0);
  // Sums of fractions: 0.9999999999 is one request.
  const count = Math.floor(due + 1e-6);
  state.owed.set(key, due - count);
  return count;
}

function lose(state: State, count: number): void {
  state.totals.sent += count;
  state.totals.lost += count;
}

function ask(endpoints: readonly Endpoint[], { service, count }: { service: string; count: number }, { state, options }: Run): void {
  const pods = endpoints.map((endpoint) => ({
    exporter: exporterOf(state, endpoint),
    fault: options.faults.of(imageOf(endpoint.pod), endpoint.workload),
  }));
  for (let i = 0; i < count; i++) {
    const pod = pods[state.turn++ % pods.length];
    if (!pod) return;
    const { errors = 0, latencyMs = 0 } = pod.fault;
    const failed = options.random() < errors;
    // A healthy answer takes 10 to 50 ms.
    countRequest(pod.exporter, { service, status: failed ? '500' : '200', ms: latencyMs + 10 + 40 * options.random() });
    state.totals.sent++;
    if (failed) state.totals.failed++;
  }
}

function exporterOf(state: State, { pod }: Endpoint): Exporter {
  const key = podKey(pod);
  const place = { namespace: pod.metadata.namespace ?? 'default', pod: pod.metadata.name, workload: workloadOf(pod) };
  const exporter = state.exporters.get(key) ?? createExporter(place);
  state.exporters.set(key, exporter);
  return exporter;
}

/** A pod of the same name is another pod. */
function podKey({ metadata }: Obj): string {
  return metadata.uid ?? `${metadata.namespace}/${metadata.name}`;
}

function imageOf(pod: Obj): string {
  const containers = isObject(pod['spec']) ? pod['spec']['containers'] : undefined;
  const first = Array.isArray(containers) ? containers[0] : undefined;
  return isObject(first) ? String(first['image'] ?? '') : '';
}

function scrapeAll({ stored, exporters }: State, objects: Objects, now: Millis): void {
  const here = new Set(exporters.size ? objects.list('Pod').map(podKey) : []);
  for (const [key, exporter] of exporters) {
    if (here.has(key)) scrape(exporter, stored, now);
    else {
      endSeries(exporter, now);
      exporters.delete(key);
    }
  }
  prune(stored, now);
}
