// Drift, on a whole sandbox: somebody resets the apex Service after a run; `status` says so, reads only, and a run mends it.
import { expect, test } from '@jest/globals';
import { realParts } from '../../src/cli/parts.ts';
import { main } from '../../src/cli/main.ts';
import type { Sandbox } from '../../src/cli/connect.ts';
import { missing } from '../../src/cli/made-up.ts';
import type { Wire, World } from '../../src/ports.ts';
import { one } from '../ui/lines.ts';
import { fakeIo, fakeParts } from './fake-io.ts';
import { podinfo } from './specs.ts';

/** The sandbox as the cluster of the kubeconfig, listening to what is asked. */
function clusterOf(sandbox: Sandbox, asked: Wire[]): World {
  const { api, http, clock } = sandbox.world;
  return {
    api: (wire, signal) => {
      asked.push(wire);
      return api(wire, signal);
    },
    http,
    clock,
    about: { context: 'sandbox', user: 'ana', namespace: 'test' },
    close: () => Promise.resolve(),
  };
}

async function typed(sandbox: Sandbox, argv: string[], stdin = ''): Promise<{ exit: number; out: string; err: string; asked: Wire[] }> {
  const asked: Wire[] = [];
  const io = fakeIo({ stdin });
  const exit = await main(argv, io, fakeParts({ ...realParts, cluster: () => Promise.resolve(clusterOf(sandbox, asked)) }));
  return { exit, out: io.out(), err: io.err(), asked };
}

async function selectCanary(sandbox: Sandbox): Promise<void> {
  const body = JSON.stringify({ spec: { selector: { app: 'podinfo' } } });
  const headers = { 'content-type': 'application/merge-patch+json' };
  const reply = await sandbox.world.api(
    { method: 'PATCH', url: '/api/v1/namespaces/test/services/podinfo', headers, body },
    new AbortController().signal,
  );
  expect(reply.status).toBe(200);
}

test('a reset Service is marked, in every format, until a run mends it', async () => {
  const sandbox = await realParts.sandbox({ clock: 'virtual', metricsServers: [one.metricsServer], hooks: [] });
  await sandbox.apply(missing(one, []));
  expect((await typed(sandbox, ['run', '-'], podinfo)).out).toContain('result=initialized exit=0 ');
  expect((await typed(sandbox, ['status'])).out).toMatch(/^podinfo {3}Initialized {3}0 /m);

  await selectCanary(sandbox);
  const { exit, out, asked } = await typed(sandbox, ['status', 'podinfo']);
  expect(exit).toBe(0);
  expect(out).toMatch(/^podinfo {3}Initialized,DRIFTED {3}0 /m);
  expect(asked.filter(({ method }) => method !== 'GET')).toEqual([]);
  const json = JSON.parse((await typed(sandbox, ['status', '-A', '-o', 'json'])).out) as { items: { drifted: boolean }[] };
  expect(json.items.map(({ drifted }) => drifted)).toEqual([true]);

  const mended = await typed(sandbox, ['run', '-'], podinfo);
  expect([mended.exit, mended.out.includes('result=unchanged')]).toEqual([0, true]);
  expect((await typed(sandbox, ['status', 'podinfo'])).out).toMatch(/^podinfo {3}Initialized {3}0 /m);
  await sandbox.world.close();
});

test('a table of all namespaces asks for three lists, whatever there is', async () => {
  const sandbox = await realParts.sandbox({ clock: 'virtual', metricsServers: [one.metricsServer], hooks: [] });
  await sandbox.apply(missing(one, []));
  await typed(sandbox, ['run', '-'], podinfo);
  expect((await typed(sandbox, ['status', '-A'])).asked).toHaveLength(3);
  await sandbox.world.close();
});

test('heal of what nobody left behind is nothing to do', async () => {
  const sandbox = await realParts.sandbox({ clock: 'virtual', metricsServers: [one.metricsServer], hooks: [] });
  await sandbox.apply(missing(one, []));
  await typed(sandbox, ['run', '-'], podinfo);
  const { exit, out } = await typed(sandbox, ['heal', 'podinfo']);
  expect([exit, out]).toEqual([0, expect.stringMatching(/^test\/podinfo nothing-to-do: /)]);
  await sandbox.world.close();
});
