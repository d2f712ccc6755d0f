// A cluster for table tests: a few objects, looked at through `Found`, changed by applying Changes. Has no controllers and no API server's rules
// but those of merge patches.
import { createHash } from 'node:crypto';
import { loadAll } from 'js-yaml';
import { mergePatch } from '../../src/common/json.ts';
import type { Canary, Change, Ctx, Found, JsonObject, Look, Need, Obj, Plugin, Ref } from '../../src/contracts.ts';

export function objectsOf(yaml: string): Obj[] {
  return loadAll(yaml).filter((document): document is Obj => typeof document === 'object' && document !== null);
}

export function objectOf(yaml: string): Obj {
  const [object] = objectsOf(yaml);
  if (!object) throw new Error('no object in this YAML');
  return object;
}

/** Everything may be looked at; kinds of `notServed` are not there at all. */
export function foundOf(objects: readonly Obj[], notServed: readonly string[] = []): Found {
  return {
    one: (ref) => lookAt(objects, ref, notServed),
    many: ({ list, labels }) => objects.filter((object) => isOf(object, list) && carries(object, labels)),
  };
}

function lookAt(objects: readonly Obj[], ref: Ref, notServed: readonly string[]): Look {
  if (notServed.includes(ref.kind)) return { is: 'no-such-kind' };
  const object = objects.find((each) => isOf(each, ref) && each.metadata.name === ref.name);
  return object ? { is: 'present', object: structuredClone(object) } : { is: 'absent' };
}

function isOf(object: Obj, kind: Omit<Ref, 'name'>): boolean {
  return object.apiVersion === kind.apiVersion && object.kind === kind.kind;
}

function carries(object: Obj, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(labels).every(([key, value]) => object.metadata.labels?.[key] === value);
}

/** The contract of `Found`: what no need named must not be looked at. */
function onlyNamed(found: Found, needs: readonly Need[]): Found {
  const named = new Set(needs.map((need) => JSON.stringify(need)));
  const demand = (need: Need): void => {
    if (!named.has(JSON.stringify(need))) throw new Error(`no need named ${JSON.stringify(need)}`);
  };
  return {
    one: (ref) => (demand(ref), found.one(ref)),
    many: (need) => (demand(need), found.many(need)),
  };
}

const nothing: Found = { one: () => ({ is: 'absent' }), many: () => [] };

/** As the runner looks: asks the plug-ins with the answers until they name nothing new. */
export function seenBy(plugins: readonly Pick<Plugin, 'needs'>[], canary: Canary, found: Found): Ctx {
  let needs: Need[] = [];
  let seen = nothing;
  for (let round = 0; round < 10; round++) {
    const asked = plugins.flatMap((plugin) => plugin.needs(contextOf(canary, seen)));
    if (round > 0 && JSON.stringify(asked) === JSON.stringify(needs)) return contextOf(canary, seen);
    needs = asked;
    seen = onlyNamed(found, needs);
  }
  throw new Error('the needs never come to an end');
}

export function contextOf(canary: Canary, found: Found): Ctx {
  return { canary, found, digest, made: [] };
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}

/** The objects after the changes; what is created carries the runner's mark. */
export function applied(objects: readonly Obj[], changes: readonly Change[]): Obj[] {
  return changes.reduce<Obj[]>((now, change) => applyOne(now, change), [...objects]);
}

function applyOne(objects: Obj[], change: Change): Obj[] {
  if (change.op === 'create') {
    const mark = { metadata: { labels: { 'app.kubernetes.io/managed-by': 'canary' } } };
    return [...objects, merged(change.object, mark)];
  }
  const isMeant = (object: Obj): boolean => isOf(object, change.ref) && object.metadata.name === change.ref.name;
  if (!objects.some(isMeant)) throw new Error(`${change.ref.kind} ${change.ref.name} is not there to be changed`);
  if (change.op === 'delete') return objects.filter((object) => !isMeant(object));
  return objects.map((object) => (isMeant(object) ? merged(object, change.patch) : object));
}

function merged(object: Obj, patch: JsonObject): Obj {
  return mergePatch(object as JsonObject, patch) as unknown as Obj;
}

/** A canary as the loader would hand it over: Deployment podinfo in namespace test, Istio, port 9898. */
export function canaryOf(changed: Partial<Canary> = {}): Canary {
  return {
    name: 'podinfo',
    namespace: 'test',
    annotations: {},
    provider: 'istio',
    metricsServer: 'http://prometheus:9090',
    targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' },
    service: serviceOf(),
    deadline: 60_000,
    interval: 10_000,
    threshold: 10,
    suspend: false,
    readyThreshold: { primary: 100, canary: 100 },
    strategy: { kind: 'weights', steps: [5, 10], back: [0] },
    match: [],
    metrics: [],
    hooks: [],
    alerts: [],
    where: (path) => path,
    source: {},
    ...changed,
  };
}

function serviceOf(): Canary['service'] {
  const none = { labels: {}, annotations: {} };
  return {
    name: 'podinfo',
    port: 9898,
    portName: 'http',
    targetPort: 9898,
    portDiscovery: false,
    headless: false,
    marks: { apex: none, primary: none, canary: none },
    gateways: [],
    hosts: [],
    delegation: false,
    match: [],
  };
}
