// What `kubectl get` prints of odd objects, as the real API server prints it (test/cluster compares all of them), and the pages before that.
import { describe, expect, test } from '@jest/globals';
import type { Obj } from '../../src/contracts.ts';
import { tableOf } from '../../src/sandbox/api/representation.ts';
import { KINDS } from '../../src/sandbox/world/kinds.ts';
import { listen } from '../../src/sandbox/listen.ts';
import { ODD_OBJECTS, ODD_PODS, type OddObject } from '../cluster/kubectl/odd-objects.ts';
import { deployment, pause, virtualSandbox, type Loose } from './client.ts';

const now = Date.UTC(2026, 0, 5);

/** The cells of one of them by their columns, as if it were read. */
function cellsOf(name: string, all: readonly OddObject[], kind: string): Record<string, unknown> {
  const odd = all.find(({ body }) => body['kind'] === kind && (body as Loose).metadata.name === name);
  const row = KINDS.find((one) => one.kind === kind && one.group !== 'events.k8s.io');
  if (!odd || !row) throw new Error(`no ${kind} ${name}`);
  const object = { ...odd.body, status: odd.status ?? {} } as unknown as Obj;
  const { columnDefinitions, rows } = tableOf(row, [object], { now, include: 'None', hasHeader: true }) as Loose;
  return Object.fromEntries(rows[0].cells.map((cell: unknown, at: number) => [columnDefinitions[at].name, cell]));
}

describe('a pod in one word', () => {
  test.each([
    ['waiting', 'ImagePullBackOff', '0/1', '0'],
    ['crashing', 'CrashLoopBackOff', '0/1', '3 (6y6d ago)'],
    ['ended-by-signal', 'Signal:9', '0/1', '0'],
    ['ended-without-reason', 'ExitCode:7', '0/1', '0'],
    ['evicted', 'Evicted', '0/1', '0'],
    ['half-completed', 'NotReady', '1/2', '0'],
    ['half-completed-ready', 'Running', '1/2', '0'],
    ['init-second', 'Init:1/2', '0/2', '0'],
    ['init-failing', 'Init:CrashLoopBackOff', '0/2', '4'],
    ['init-killed', 'Init:Signal:15', '0/2', '0'],
    ['sidecar', 'Running', '2/2', '2'],
  ])('%s: %s', (name, status, ready, restarts) => {
    const cells = cellsOf(name, ODD_PODS, 'Pod');
    expect([cells['Status'], cells['Ready'], cells['Restarts']]).toEqual([status, ready, restarts]);
  });
});

describe('other cells', () => {
  test.each([
    ['Service', 'balanced', 'External-IP', '10.8.8.8,a-long-name.balancers.example.com,10.7.7.7'],
    ['Service', 'pending', 'External-IP', '<pending>'],
    ['Service', 'node-port', 'Selector', 'a=1,b=2'],
    ['Deployment', 'odd', 'Selector', 'app=odd,app in (even,odd),app notin (c),app,!z'],
    ['EndpointSlice', 'many', 'Endpoints', '10.1.1.1,10.1.1.2,10.1.1.3 + 2 more...'],
    ['Endpoints', 'two-ports', 'Endpoints', '10.1.1.1:1,10.1.1.2:1,10.1.1.1:2 + 1 more...'],
    ['Endpoints', 'not-ready', 'Endpoints', ''],
    ['HorizontalPodAutoscaler', 'three', 'Targets', 'cpu: 40%/80%, 7/100m + 1 more...'],
    ['HorizontalPodAutoscaler', 'external-average', 'Targets', '5/100m (avg)'],
    ['Event', 'new', 'Source', 'example.com/c, i-1'],
    ['Event', 'series', 'Count', 7],
    ['ServiceAccount', 'two', 'Secrets', 2],
  ])('%s %s: %s', (kind, name, column, cell) => {
    expect(cellsOf(name, ODD_OBJECTS, kind)[column]).toBe(cell);
  });
});

describe('discovery', () => {
  test('the stable version comes first, whatever objects are stored in', async () => {
    const { ask } = virtualSandbox();
    const { body } = await ask('GET', '/apis/networking.istio.io');
    expect(body.preferredVersion.version).toBe('v1');
    expect(body.versions.map(({ version }: Loose) => version)).toEqual(['v1', 'v1beta1', 'v1alpha3']);
  });

  test('namespaces are deleted one by one', async () => {
    const { ask } = virtualSandbox();
    const { body } = await ask('GET', '/api/v1');
    const verbs = (name: string): string[] => body.resources.find((one: Loose) => one.name === name).verbs;
    expect(verbs('namespaces')).not.toContain('deletecollection');
    expect(verbs('configmaps')).toContain('deletecollection');
  });
});

describe('at the door', () => {
  test('what a kubelet would answer is refused in words, and Endpoints are warned of', async () => {
    const sandbox = virtualSandbox();
    await sandbox.apply([deployment('web')]);
    await pause(sandbox, 2000);
    const server = await listen(sandbox.api);
    try {
      const pod = sandbox.world.list('Pod', 'test')[0]?.metadata.name ?? '';
      const logs = await fetch(`${server.url}/api/v1/namespaces/test/pods/${pod}/log?container=podinfod`);
      expect([logs.status, ((await logs.json()) as Loose).message]).toEqual([
        501,
        `the sandbox runs no containers: pod "${pod}" has no logs`,
      ]);
      const endpoints = await fetch(`${server.url}/api/v1/namespaces/test/endpoints`);
      expect([endpoints.status, endpoints.headers.get('warning')]).toEqual([200, expect.stringContaining('v1 Endpoints is deprecated')]);
      const pods = await fetch(`${server.url}/api/v1/namespaces/test/pods/${pod}`);
      expect([pods.status, pods.headers.get('warning')]).toEqual([200, null]);
    } finally {
      await server.close();
    }
  });
});
