// A cluster as a value on a clock: store, timers, controllers, faults. It must not know HTTP or the API's words (api/ does).
import type { Obj } from '../../contracts.ts';
import type { Send } from '../../ports.ts';
import type { SandboxClock, VirtualClock } from '../clock.ts';
import { type Agenda, createAgenda } from './agenda.ts';
import { CONTROLLERS } from './controllers/index.ts';
import { createFaults, type Faults } from './faults.ts';
import { KINDS, type KindRow, storedAs } from './kinds.ts';
import { createStore, type Store, type StoreEvent } from './store.ts';
import type { Allowance, Denial, Knobs, Part, SandboxWorld, WorldSnapshot } from './types.ts';

class Cluster implements SandboxWorld {
  readonly store: Store;
  readonly faults: Faults;
  readonly knobs: Knobs = { reactMs: 20, podReadyMs: 1000, podEndMs: 500, endpointLagMs: 20 };
  readonly denied: Denial[] = [];
  readonly allowed: Allowance[] = [];
  readonly kinds: KindRow[] = [...KINDS];
  readonly hosts = new Map<string, Send>();
  readonly parts = new Map<string, Part>();
  readonly moments = new Map<string, number>();
  private readonly counters = new Map<string, number>();
  private readonly agenda: Agenda = createAgenda();
  private armed: { readonly at: number; readonly cancel: () => void } | undefined;

  constructor(
    readonly clock: SandboxClock,
    readonly user: string,
  ) {
    this.store = createStore(() => clock.now());
    this.faults = createFaults(() => this.lookAtAllPods());
    this.store.subscribe(undefined, (event) => this.react(event));
  }

  row(kind: string): KindRow {
    const found = this.kinds.find((row) => row.kind === kind || `${row.kind}.${row.group}` === kind);
    if (found === undefined) throw new Error(`the sandbox does not serve ${kind}`);
    return found;
  }

  list(kind: string, namespace?: string): Obj[] {
    return this.store.list(storedAs(this.row(kind)), namespace);
  }

  get(kind: string, namespace: string | undefined, name: string): Obj | undefined {
    return this.store.get(storedAs(this.row(kind)), namespace, name);
  }

  count(what: string): number {
    const next = (this.counters.get(what) ?? 0) + 1;
    this.counters.set(what, next);
    return next;
  }

  later(controller: string, key: string, ms: number): void {
    this.agenda.add(`${controller}|${key}`, this.clock.now() + ms);
    this.arm();
  }

  snapshot(): WorldSnapshot {
    return {
      now: this.clock.now(),
      store: this.store.snapshot(),
      agenda: this.agenda.snapshot(),
      faults: this.faults.snapshot(),
      knobs: { ...this.knobs },
      denied: [...this.denied],
      allowed: [...this.allowed],
      kinds: [...this.kinds],
      counters: [...this.counters],
      moments: [...this.moments],
      parts: [...this.parts].map(([name, part]) => [name, part.snapshot()] as const),
    };
  }

  restore(snapshot: WorldSnapshot): void {
    if (!('set' in this.clock)) throw new Error('only a world in virtual time can be restored');
    (this.clock as VirtualClock).set(snapshot.now);
    this.store.restore(snapshot.store);
    this.agenda.restore(snapshot.agenda);
    this.faults.restore(snapshot.faults);
    Object.assign(this.knobs, snapshot.knobs);
    this.denied.splice(0, this.denied.length, ...snapshot.denied);
    this.allowed.splice(0, this.allowed.length, ...snapshot.allowed);
    this.kinds.splice(0, this.kinds.length, ...snapshot.kinds);
    refill(this.counters, snapshot.counters);
    refill(this.moments, snapshot.moments);
    for (const [name, saved] of snapshot.parts) this.parts.get(name)?.restore(saved);
    this.armed?.cancel();
    this.armed = undefined;
    this.arm();
  }

  private lookAtAllPods(): void {
    for (const pod of this.list('Pod')) this.later('pod', `${pod.metadata.namespace}/${pod.metadata.name}`, this.knobs.reactMs);
  }

  private react(event: StoreEvent): void {
    for (const controller of CONTROLLERS) {
      const wake = controller.on[event.after.kind];
      if (wake === undefined) continue;
      const delay = controller.delay === undefined ? this.knobs.reactMs : controller.delay(this.knobs);
      for (const key of wake(event, this)) this.later(controller.id, key, delay);
    }
  }

  private arm(): void {
    const at = this.agenda.next();
    if (at === undefined || (this.armed !== undefined && this.armed.at <= at)) return;
    this.armed?.cancel();
    const cancel = this.clock.after(at - this.clock.now(), () => this.tick());
    this.armed = { at, cancel };
  }

  private tick(): void {
    this.armed = undefined;
    for (const entry of this.agenda.due(this.clock.now())) {
      const [id = '', key = ''] = entry.split('|');
      CONTROLLERS.find((controller) => controller.id === id)?.reconcile(key, this);
    }
    this.arm();
  }
}

function refill(map: Map<string, number>, entries: readonly (readonly [string, number])[]): void {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}

/** An empty cluster with one node and the namespaces `default` and `test`. */
export function createWorld(clock: SandboxClock, user: string): SandboxWorld {
  const world = new Cluster(clock, user);
  const active = { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } };
  for (const name of ['default', 'kube-system', 'test']) {
    const metadata = { name, labels: { 'kubernetes.io/metadata.name': name } };
    world.store.create(world.row('Namespace'), { apiVersion: 'v1', kind: 'Namespace', metadata, ...active });
  }
  const status = {
    conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
    addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
  };
  world.store.create(world.row('Node'), { apiVersion: 'v1', kind: 'Node', metadata: { name: 'sandbox' }, spec: {}, status });
  return world;
}
