// A small stage for traffic: objects that a test changes, and a clock that it turns.
import type { Obj } from '../../../src/contracts.ts';

export function turnableClock(start: number): {
  now(): number;
  after(ms: number, fn: () => void): () => void;
  turn(ms: number): void;
} {
  let now = start;
  let timers: { at: number; fn: () => void }[] = [];
  return {
    now: () => now,
    after(ms, fn) {
      const timer = { at: now + ms, fn };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    turn(ms) {
      const end = now + ms;
      for (;;) {
        const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        timers = timers.filter((each) => each !== next);
        now = next.at;
        next.fn();
      }
      now = end;
    },
  };
}

export interface Stage {
  readonly objects: { list(kind: string, namespace?: string): Obj[] };
  /** Per cent of requests to the canary; undefined takes the route away. */
  weight(canary: number | undefined): void;
  /** Names of the ready pods behind each Service, without 'podinfo'. */
  pods(ready: { primary: string[]; canary: string[] }): void;
  services(...names: string[]): void;
  /** Routing objects instead of the weight's, by kind and spec. */
  routes(...specs: readonly (readonly [kind: string, spec: object])[]): void;
}

export function createStage(): Stage {
  let services = ['podinfo', 'podinfo-primary', 'podinfo-canary', 'lonely'];
  let ready: Record<'primary' | 'canary', string[]> = { primary: ['p1', 'p2'], canary: ['c1'] };
  let canary: number | undefined = 0;
  let routes: Obj[] = [];
  const object = (kind: string, name: string, rest: object = {}): Obj => ({
    apiVersion: 'v1',
    kind,
    metadata: { name, namespace: 'test' },
    ...rest,
  });
  const pod = (name: string, workload: string): Obj => ({
    ...object('Pod', `${workload}-abc12-${name}`),
    metadata: {
      ...{ name: `${workload}-abc12-${name}`, namespace: 'test', uid: name, labels: { 'pod-template-hash': 'abc12' } },
      ownerReferences: [{ kind: 'ReplicaSet', name: `${workload}-abc12`, controller: true }],
    },
    spec: { containers: [{ name: 'podinfod', image: workload === 'podinfo' ? 'podinfo:2' : 'podinfo:1' }] },
  });
  const slice = (service: string, pods: Obj[]): Obj => ({
    ...object('EndpointSlice', service),
    metadata: { name: service, namespace: 'test', labels: { 'kubernetes.io/service-name': service } },
    endpoints: pods.map(({ metadata }) => ({ conditions: { ready: true }, targetRef: { kind: 'Pod', name: metadata.name } })),
  });
  const route = (weight: number): Obj => {
    const to = (host: string, weight: number) => ({ destination: { host }, weight });
    const http = [{ route: [to('podinfo-primary', 100 - weight), to('podinfo-canary', weight)] }];
    return object('VirtualService', 'podinfo', { spec: { hosts: ['podinfo'], http } });
  };
  function all(): Obj[] {
    const primaries = ready.primary.map((name) => pod(name, 'podinfo-primary'));
    const canaries = ready.canary.map((name) => pod(name, 'podinfo'));
    return [
      ...services.map((name) => object('Service', name)),
      ...[...primaries, ...canaries, slice('podinfo', primaries), slice('podinfo-primary', primaries), slice('podinfo-canary', canaries)],
      ...(canary === undefined ? [] : [route(canary)]),
      ...routes,
    ];
  }
  return {
    objects: {
      list: (kind, namespace) => all().filter((each) => each.kind === kind && (!namespace || namespace === each.metadata.namespace)),
    },
    weight: (share) => (canary = share),
    pods: (pods) => (ready = pods),
    services: (...names) => (services = names),
    routes(...specs) {
      canary = undefined;
      routes = specs.map(([kind, spec]) => object(kind, 'podinfo', { spec }));
    },
  };
}
