// The three Services: equal to the recordings' when they are made, and as little as possible of what a user made is changed.
import { describe, expect, test } from '@jest/globals';
import { mergePatch } from '../../src/common/json.ts';
import type { Canary, Ctx, JsonObject, Obj } from '../../src/contracts.ts';
import { apexPoints, apexService, serviceNeeds, sideServices } from '../../src/core/services.ts';
import { applied, canaryOf, foundOf, objectOf, objectsOf, seenBy } from '../support/found.ts';

const sides = { selectors: { primary: { app: 'podinfo-primary' }, canary: { app: 'podinfo' } }, ports: [] };
const apex = { selector: sides.selectors.primary, ports: [] };

function see(objects: readonly Obj[], canary: Canary = canaryOf()): Ctx {
  return seenBy([{ needs: (c) => serviceNeeds(c.canary) }], canary, foundOf(objects));
}

function recorded(name: string, app: string): string {
  return `
apiVersion: v1
kind: Service
metadata:
  name: ${name}
  namespace: test
  labels: {app: ${name}}
  annotations:
    helm.toolkit.fluxcd.io/driftDetection: disabled
    kustomize.toolkit.fluxcd.io/reconcile: disabled
spec:
  type: ClusterIP
  selector: {app: ${app}}
  ports: [{name: http, protocol: TCP, port: 9898, targetPort: 9898}]
`;
}

/** Input of the recording adopted-service, as the API server holds it. */
const adopted = objectOf(`
apiVersion: v1
kind: Service
metadata: {name: podinfo, namespace: test, labels: {mine: 'yes'}, annotations: {keep: me}}
spec:
  type: NodePort
  clusterIP: 10.0.0.7
  selector: {app: podinfo, tier: web}
  ports: [{name: http, protocol: TCP, port: 9898, targetPort: 9898, nodePort: 31082}]
`);

function changed(object: Obj, patch: JsonObject): Obj {
  return mergePatch(object as JsonObject, patch) as unknown as Obj;
}

function ours(yaml: string): Obj {
  return changed(objectOf(yaml), { metadata: { labels: { 'app.kubernetes.io/managed-by': 'canary' } } });
}

describe("Services that we make are the recordings'", () => {
  test('both sides', () => {
    const made = sideServices(see([]), sides).map((change) => change.op === 'create' && change.object);
    expect(made).toEqual(objectsOf(`${recorded('podinfo-primary', 'podinfo-primary')}---${recorded('podinfo-canary', 'podinfo')}`));
  });

  test('the apex', () => {
    const [change] = apexService(see([]), apex);
    expect(change?.op === 'create' && change.object).toEqual(objectOf(recorded('podinfo', 'podinfo-primary')));
  });

  test('named after the service, with its port', () => {
    const service = { ...canaryOf().service, name: 'web', port: 80, portName: 'grpc', targetPort: 'metrics', appProtocol: 'http' };
    const [change] = apexService(see([], canaryOf({ service })), { selector: { 'app.kubernetes.io/name': 'x-primary' }, ports: [] });
    expect(change).toMatchObject({
      object: {
        metadata: { name: 'web', labels: { 'app.kubernetes.io/name': 'web' } },
        spec: { ports: [{ name: 'grpc', protocol: 'TCP', port: 80, targetPort: 'metrics', appProtocol: 'http' }] },
      },
    });
  });

  test('once', () => {
    const objects = applied([], [...sideServices(see([]), sides), ...apexService(see([]), apex)]);
    expect([...sideServices(see(objects), sides), ...apexService(see(objects), apex)]).toEqual([]);
  });

  test('and lose a port that somebody added', () => {
    const service = ours(recorded('podinfo', 'podinfo-primary'));
    const drifted = changed(service, {
      spec: {
        ports: [
          { name: 'http', port: 80 },
          { name: 'more', port: 81 },
        ],
      },
    });
    expect(applied([drifted], apexService(see([drifted]), apex))).toEqual([service]);
  });

  test('and follow the file afterwards', () => {
    const canary = canaryOf({ service: { ...canaryOf().service, port: 80 } });
    const [change] = apexService(see([ours(recorded('podinfo', 'podinfo-primary'))], canary), apex);
    expect(change).toMatchObject({
      op: 'merge',
      patch: { spec: { ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 9898 }] } },
    });
  });
});

describe('an apex that a user made', () => {
  test('changes its selector, to exactly the one wanted, and nothing else', () => {
    expect(apexService(see([adopted]), apex)).toEqual([
      {
        op: 'merge',
        ref: { apiVersion: 'v1', kind: 'Service', name: 'podinfo' },
        patch: { spec: { selector: { app: 'podinfo-primary', tier: null } } },
        why: 'Service podinfo selects app=podinfo-primary',
      },
    ]);
    const after = applied([adopted], apexService(see([adopted]), apex));
    expect(after[0]?.metadata).toEqual(adopted.metadata);
    expect(apexService(see(after), apex)).toEqual([]);
  });

  test.each([
    ['by its name', { name: 'http', port: 80, targetPort: 80 }],
    ['by its number', { name: 'web', port: 9898, targetPort: 80 }],
    ['without a name', { port: 9898, targetPort: 80 }],
  ])('keeps the node port of a port known %s', (_, port) => {
    const service = changed(adopted, { spec: { ports: [{ ...port, nodePort: 31000 }] } });
    const [after] = applied([service], apexService(see([service]), apex));
    expect(after).toMatchObject({ spec: { ports: [{ name: 'http', protocol: 'TCP', port: 9898, targetPort: 9898, nodePort: 31000 }] } });
  });

  test('keeps its other ports, where they do not clash', () => {
    const metrics = { name: 'metrics', protocol: 'TCP', port: 9000, targetPort: 9000 };
    const dns = { name: 'dns', protocol: 'UDP', port: 9898, targetPort: 53 };
    const same = { name: 'http', protocol: 'TCP', port: 80, targetPort: 80, appProtocol: 'http' };
    const clash = { name: 'web', protocol: 'TCP', port: 9898, targetPort: 1 };
    const service = changed(adopted, { spec: { ports: [metrics, same, clash, dns] } });
    const [after] = applied([service], apexService(see([service]), apex));
    expect((after?.['spec'] as { ports: unknown }).ports).toEqual([metrics, { ...same, port: 9898, targetPort: 9898 }, dns]);
  });

  test('gets the port where it has none like it', () => {
    const metrics = { name: 'metrics', protocol: 'TCP', port: 9000, targetPort: 9000 };
    const service = changed(adopted, { spec: { ports: [metrics] } });
    const [after] = applied([service], apexService(see([service]), apex));
    expect((after?.['spec'] as { ports: unknown }).ports).toEqual([
      { name: 'http', protocol: 'TCP', port: 9898, targetPort: 9898 },
      metrics,
    ]);
    expect(apexService(see(after ? [after] : []), apex)).toEqual([]);
  });

  test('is never given an empty selector', () => {
    expect(apexService(see([adopted]), { selector: {}, ports: [] })).toEqual([]);
    expect(sideServices(see([]), { selectors: { primary: {}, canary: {} }, ports: [] })).toEqual([]);
  });
});

describe('where the apex points', () => {
  const made = applied([], sideServices(see([]), sides));
  const pointing = (selector: JsonObject | null): string =>
    apexPoints(
      see(
        [...made, changed(adopted, { spec: { selector: null } })].map((object) =>
          object.metadata.name === 'podinfo' ? changed(object, { spec: { selector } }) : object,
        ),
      ),
    );

  test('is told by the Services of the sides', () => {
    expect(pointing({ app: 'podinfo-primary' })).toBe('primary');
    expect(pointing({ app: 'podinfo' })).toBe('canary');
    expect(pointing({ app: 'podinfo', tier: 'web' })).toBe('elsewhere');
    expect(pointing(null)).toBe('elsewhere');
    expect(apexPoints(see(made))).toBe('absent');
    expect(apexPoints(see([adopted]))).toBe('elsewhere');
  });
});
