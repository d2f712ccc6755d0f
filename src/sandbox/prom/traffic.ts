// Simulated users: so many requests a second to every canary's apex host, and what load tests add; scraped every few seconds. A few users are
// what the routes make exceptions for. It must move only on the clock it is given.
import type { Millis } from '../../ports.ts';
import { specialClients, type Host, type Objects } from '../mesh/index.ts';
import { crowdSize, expired, given, groupsOf, newCrowd, type Crowd } from './crowd.ts';
import { deliver, podKey, proxyKey, type Ledger, type Outcome, type Surroundings } from './delivery.ts';
import { endSeries, scrape } from './exporter.ts';
import { lasting, push, running, type Load, type RunningLoad } from './loads.ts';
import { prune, type StoredSeries } from './series.ts';

export type { Load } from './loads.ts';

export interface TrafficOptions extends Surroundings {
  readonly clock: { now(): Millis; after(ms: Millis, fn: () => void): () => void };
  readonly requestsPerSecond: number;
  /** Between two scrapes; 5 s when left out. */
  readonly scrapeEvery?: Millis;
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
  /** Of users' requests alone: neither copies nor loads. */
  totals(): Readonly<Totals>;
  load(load: Load): void;
  /** For saving and putting back the world it runs in. */
  snapshot(): unknown;
  restore(saved: unknown): void;
  stop(): void;
}

const tick = 1_000;
const usualScrape = 5_000;
/** After a stalled event loop (a closed laptop) no flood is made up for. */
const longestTick = 10_000;
/** How much of a host's traffic comes from clients that its routes make exceptions for, where they do. */
const specialShare = 0.1;

/** Plain data, so that it can be cloned. */
interface State extends Ledger {
  stored: StoredSeries;
  /** The users of each host that ever gave out a cookie. */
  crowds: Map<string, Crowd>;
  loads: RunningLoad[];
  loadsSoFar: number;
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
    const from = Math.max(state.lastTick, now - longestTick);
    for (const host of apexHosts(options.objects)) visit(host, { from, now }, { state, options });
    for (const load of state.loads) push(load, { from, now }, { ledger: state, around: options });
    state.loads = lasting(state.loads, now, state);
    state.lastTick = now;
    if (now >= state.nextScrape) {
      scrapeAll(state, options.objects, now);
      state.nextScrape = now + scrapeEvery;
    }
    cancel = clock.after(tick, step);
  }

  return {
    stored: () => state.stored,
    totals: () => state.totals,
    load: (load) => void state.loads.push(running(load, clock.now(), `load ${++state.loadsSoFar}`)),
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
    crowds: new Map(),
    loads: [],
    loadsSoFar: 0,
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

interface Span {
  readonly from: Millis;
  readonly now: Millis;
}

/** The users of a host in that time: the crowd, and beside it a few of every special kind. */
function visit(host: Host, { from, now }: Span, { state, options }: Run): void {
  const requests = (options.requestsPerSecond * Math.max(0, now - from)) / 1000;
  const specials = specialClients(options.objects, host);
  const ofSpecials = specials.length ? requests * specialShare : 0;
  for (const client of specials) {
    const who = JSON.stringify(client);
    for (const outcome of deliver({ host, client, who, requests: ofSpecials / specials.length }, state, options)) {
      note(state.totals, outcome);
    }
  }
  const key = `${host.namespace}/${host.name}`;
  const before = expired(state.crowds.get(key) ?? newCrowd, now);
  let after = before;
  for (const group of groupsOf(before)) {
    const { client, users } = group;
    const who = client.headers?.['cookie'] ?? '';
    const share = ((requests - ofSpecials) * users) / crowdSize;
    for (const outcome of deliver({ host, client, who, requests: share }, state, options)) {
      note(state.totals, outcome);
      const { cookies, sent } = outcome;
      if (cookies.length && !outcome.copy) after = given(after, { client, users: Math.min(sent, users) }, { cookies, now });
    }
  }
  if (after !== newCrowd) state.crowds.set(key, after);
}

function note(totals: Totals, { sent, failed, lost, copy }: Outcome): void {
  if (copy) return;
  totals.sent += sent;
  totals.failed += failed;
  totals.lost += lost;
}

function scrapeAll({ stored, exporters }: State, objects: Objects, now: Millis): void {
  const here = new Set(exporters.size ? [proxyKey, ...objects.list('Pod').map(podKey)] : []);
  for (const [key, exporter] of exporters) {
    if (here.has(key)) scrape(exporter, stored, now);
    else {
      endSeries(exporter, now);
      exporters.delete(key);
    }
  }
  prune(stored, now);
}
