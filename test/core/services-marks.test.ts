// What the file says about the Services besides port and name: metadata, other ports, the kind of address. Equal to the recording istio-full.
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Canary, Change, Ctx, JsonObject, Obj } from '../../src/contracts.ts';
import { apexService, serviceNeeds, serviceProblems, sideServices } from '../../src/core/services.ts';
import { applied, canaryOf, foundOf, objectOf, objectsOf, seenBy } from '../support/found.ts';
import { changed } from '../targets/podinfo.ts';

function withService(more: Partial<Canary['service']> = {}): Canary {
  return canaryOf({ service: { ...canaryOf().service, ...more } });
}

const none = { labels: {}, annotations: {} };
const frontend = withService({
  name: 'frontend',
  port: 80,
  portName: 'http-web',
  targetPort: 'http',
  appProtocol: 'http',
  portDiscovery: true,
  marks: {
    apex: { labels: { tier: 'apex' }, annotations: { a: 'apex' } },
    primary: { ...none, labels: { tier: 'primary' } },
    canary: { ...none, annotations: { a: 'canary' } },
  },
});
/** What the target says of its containers in istio-full. */
const discovered = [
  { name: 'grpc', protocol: 'TCP', port: 9999, targetPort: 9999 },
  { name: 'tcp-podinfod-2', protocol: 'TCP', port: 8080, targetPort: 8080 },
];

function see(objects: readonly Obj[], canary: Canary): Ctx {
  return seenBy([{ needs: (c) => serviceNeeds(c.canary) }], canary, foundOf(objects));
}

function all(objects: readonly Obj[], canary: Canary, ports: readonly JsonObject[] = []): Change[] {
  const selectors = { primary: { app: 'podinfo-primary' }, canary: { app: 'podinfo' } };
  const ctx = see(objects, canary);
  return [...sideServices(ctx, { selectors, ports }), ...apexService(ctx, { selector: selectors.primary, ports })];
}

function made(canary: Canary, ports: readonly JsonObject[] = []): Obj[] {
  return applied([], all([], canary, ports));
}

function apexOf(objects: readonly Obj[], name = 'podinfo'): Obj {
  const found = objects.find((object) => object.metadata.name === name);
  if (!found) throw new Error(`no Service ${name}`);
  return found;
}

describe('Services with everything the file can say', () => {
  const file = new URL('../parity/recordings/istio-full/initialized.yaml', import.meta.url);
  const recorded = objectsOf(readFileSync(file, 'utf8'));

  test.each(['frontend', 'frontend-primary', 'frontend-canary'])("%s is the recording's", (name) => {
    const theirs = recorded.find((object) => object['object'] === `services/${name}`);
    const { type, selector, ports } = theirs?.['spec'] as JsonObject;
    const { labels, annotations } = theirs?.metadata ?? {};
    const [ours] = all([], frontend, discovered).flatMap((change) =>
      change.op === 'create' && change.object.metadata.name === name ? [change.object] : [],
    );
    expect(ours).toEqual({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'test', labels, annotations },
      spec: { type, selector, ports },
    });
  });

  test('are made once', () => {
    expect(all(made(frontend, discovered), frontend, discovered)).toEqual([]);
  });

  test('cannot take over our own marks', () => {
    const labels = { 'canary.run/epoch': '9', 'app.kubernetes.io/managed-by': 'me', app: 'me', team: 'blue' };
    const annotations = { 'kustomize.toolkit.fluxcd.io/reconcile': 'enabled', a: 'b' };
    const canary = withService({ marks: { apex: { labels, annotations }, primary: none, canary: none } });
    const { metadata } = apexOf(made(canary));
    expect(metadata.labels).toEqual({ app: 'podinfo', team: 'blue', 'app.kubernetes.io/managed-by': 'canary' });
    expect(metadata.annotations).toMatchObject({ 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled', a: 'b' });
    expect(all(made(canary), canary)).toEqual([]);
  });
});

describe('metadata of Services that we made', () => {
  const marked = (objects: readonly Obj[]): Obj[] =>
    objects.map((object) =>
      changed(object, {
        metadata: { labels: { seen: 'x', 'canary.run/epoch': '3' }, annotations: { lb: 'y', gone: 'z' } },
      }),
    );
  const marks = { apex: { labels: { tier: 'web' }, annotations: {} }, primary: none, canary: none };

  test('follows the file, and loses nothing while nothing is said of others', () => {
    const changes = all(marked(made(withService())), withService({ marks }));
    expect(changes).toEqual([expect.objectContaining({ op: 'merge', patch: { metadata: { labels: { tier: 'web' } } } })]);
  });

  test('loses what nobody knows, where the file tells what others write', () => {
    const canary = withService({ unmanaged: { labels: [], annotations: ['lb'] } });
    const objects = marked(made(withService()));
    expect(all(objects, canary)[2]).toMatchObject({ patch: { metadata: { labels: { seen: null }, annotations: { gone: null } } } });
    const after = applied(objects, all(objects, canary));
    expect(all(after, canary)).toEqual([]);
    expect(apexOf(after).metadata).toMatchObject({
      labels: { app: 'podinfo', 'canary.run/epoch': '3', 'app.kubernetes.io/managed-by': 'canary' },
      annotations: { lb: 'y', 'helm.toolkit.fluxcd.io/driftDetection': 'disabled' },
    });
  });
});

describe('headless Services and traffic distribution', () => {
  const near = withService({ headless: true, trafficDistribution: 'PreferClose' });

  test('are as the file says', () => {
    for (const service of made(near)) expect(service['spec']).toMatchObject({ clusterIP: 'None', trafficDistribution: 'PreferClose' });
    expect(all(made(near), near)).toEqual([]);
  });

  test('traffic distribution follows the file, also away', () => {
    const objects = made(near);
    const change = (distribution?: string): unknown =>
      all(objects, withService({ headless: true, ...(distribution ? { trafficDistribution: distribution } : {}) }))[2];
    expect(change('PreferSameZone')).toMatchObject({ patch: { spec: { trafficDistribution: 'PreferSameZone' } } });
    expect(change()).toMatchObject({ patch: { spec: { trafficDistribution: null } } });
  });
});

describe('the Service of the recording adopted-service', () => {
  const adopted = objectOf(`
apiVersion: v1
kind: Service
metadata: {name: podinfo, namespace: test, labels: {mine: 'yes'}, annotations: {keep: me}}
spec:
  type: NodePort
  clusterIP: 10.0.0.7
  selector: {app: podinfo}
  ports: [{name: http, protocol: TCP, port: 9898, targetPort: 9898, nodePort: 31082}]
`);
  const marks = { apex: { labels: { tier: 'web' }, annotations: { a: 'b' } }, primary: none, canary: none };
  const canary = withService({ marks, unmanaged: { labels: [], annotations: [] }, trafficDistribution: 'PreferClose', headless: true });

  test('keeps its metadata and its kind, whatever the file says', () => {
    const after = apexOf(applied([adopted], all([adopted], canary)));
    expect(after).toEqual(changed(adopted, { spec: { selector: { app: 'podinfo-primary' } } }));
    expect(serviceProblems(see([adopted], canary))).toEqual([]);
  });

  test('gets the discovered ports that it has room for', () => {
    const taken = { name: 'mine', protocol: 'TCP', port: 8080, targetPort: 1 };
    const [own] = (adopted['spec'] as { ports: JsonObject[] }).ports;
    const busy = changed(adopted, { spec: { ports: [own ?? {}, taken] } });
    const after = applied([busy], all([busy], canary, discovered));
    expect(apexOf(after)).toMatchObject({ spec: { ports: [own, taken, discovered[0]] } });
    expect(all(after, canary, discovered)).toEqual([]);
  });
});

describe('problems that no patch can mend', () => {
  test('none before the Services are there, nor with them', () => {
    expect(serviceProblems(see([], withService()))).toEqual([]);
    expect(serviceProblems(see(made(withService()), withService()))).toEqual([]);
  });

  test('another kind of cluster IP', () => {
    const ways = 'delete it, which cuts off its users until it is made again, or take the change back';
    const [headless, plain] = [withService({ headless: true }), withService()];
    const name = 'Service/podinfo';
    expect(serviceProblems(see(made(plain), headless))[0]).toEqual({
      path: name,
      text: `has a cluster IP, spec.service.headless is true, and that cannot be changed: ${ways}`,
    });
    expect(serviceProblems(see(made(headless), plain))[0]).toEqual({
      path: name,
      text: `is headless, spec.service.headless is false, and that cannot be changed: ${ways}`,
    });
  });

  const users = (spec: JsonObject): Obj => changed(objectOf('{apiVersion: v1, kind: Service, metadata: {name: podinfo}}'), { spec });

  test('an apex that leads elsewhere', () => {
    expect(serviceProblems(see([users({ type: 'ExternalName', externalName: 'x.example' })], withService()))).toEqual([
      { path: 'Service/podinfo', text: 'is of type ExternalName, which leads to no pods' },
    ]);
  });

  test('a headless apex whose endpoints somebody else writes', () => {
    const text = 'is headless and has no selector: somebody else writes its endpoints, and a selector would replace them';
    expect(serviceProblems(see([users({ clusterIP: 'None' })], withService()))).toEqual([{ path: 'Service/podinfo', text }]);
    expect(serviceProblems(see([users({ clusterIP: 'None', selector: { app: 'x' } })], withService()))).toEqual([]);
    expect(serviceProblems(see([users({ clusterIP: '10.0.0.1' })], withService()))).toEqual([]);
  });
});
