// `canary run --sandbox` with files of all sorts: what is applied where, what is left out, what is refused.
import { expect, test } from '@jest/globals';
import type { Sandbox } from '../../src/cli/connect.ts';
import { main } from '../../src/cli/main.ts';
import { realParts } from '../../src/cli/parts.ts';
import { fakeIo, fakeParts, type FakeIo } from './fake-io.ts';
import { podinfo } from './specs.ts';
import { outcome } from './worlds.ts';

/** A sandbox for real, an engine that is replaced: only what stands around it is looked at. */
async function inSandbox(stdin: string, ...flags: string[]): Promise<{ exit: number; io: FakeIo; urls: string[] }> {
  const io = fakeIo({ stdin });
  const urls: string[] = [];
  const look = async ({ world }: Sandbox): Promise<void> => {
    for (const url of ['/api/v1/namespaces', '/api/v1/configmaps', '/api/v1/nodes']) {
      const reply = await world.api({ method: 'GET', url, headers: {} }, new AbortController().signal);
      let text = '';
      for await (const part of reply.body) text += Buffer.from(part).toString();
      const { items } = JSON.parse(text) as { items: { metadata: { namespace?: string; name: string } }[] };
      urls.push(...items.map(({ metadata }) => `${url} ${metadata.namespace ?? '-'}/${metadata.name}`));
    }
  };
  const opened: Sandbox[] = [];
  const parts = fakeParts({
    sandbox: async (options) => {
      const sandbox = await realParts.sandbox({ ...options, clock: 'virtual' });
      opened.push(sandbox);
      return sandbox;
    },
    run: async ({ canaries }) => {
      for (const sandbox of opened.splice(0)) await look(sandbox);
      return canaries.map((canary) => outcome(canary, { is: 'promoted' }));
    },
  });
  return { exit: await main(['run', '-', '--sandbox', ...flags], io, parts), io, urls };
}

function and(...objects: object[]): string {
  return [podinfo, ...objects.map((object) => JSON.stringify(object))].join('\n---\n');
}

const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { a: 'b' } };

test('objects of the whole cluster get no namespace', async () => {
  const { exit, io, urls } = await inSandbox(and({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }));
  expect([exit, io.err().includes('error')]).toEqual([0, false]);
  expect(urls).toContain('/api/v1/namespaces -/shop');
});

test('objects without a namespace go to that of the run, else to default', async () => {
  expect((await inSandbox(and(configMap), '-n', 'test')).urls).toContain('/api/v1/configmaps test/settings');
  expect((await inSandbox(and(configMap))).urls).toContain('/api/v1/configmaps default/settings');
});

test.each([
  [
    'a kind',
    { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'x' } },
    'Gadget/x is left out: the sandbox serves no Gadget of',
  ],
  [
    'a version',
    { apiVersion: 'apps/v1beta1', kind: 'Deployment', metadata: { name: 'x' } },
    'Deployment/x is left out: the sandbox serves no',
  ],
])('%s that the sandbox does not serve is left out with a note', async (_, object, note) => {
  const { exit, io } = await inSandbox(and(object, configMap));
  expect(exit).toBe(0);
  expect(io.err()).toMatch(/^note: <?stdin>?.*: /m);
  expect(io.err()).toContain(note);
});

test('what the API refuses is exit 6, with file and object', async () => {
  const { exit, io } = await inSandbox(and({ ...configMap, metadata: { name: 'No Name' } }));
  expect(exit).toBe(6);
  expect(io.err()).toMatch(/^error: <?stdin>?\S*: ConfigMap\/No Name is refused by the sandbox's API server: .*Invalid value/m);
  expect(io.err()).not.toContain('bug');
});

test('an address that is none has no server in the sandbox, and is no bug either', async () => {
  const { world } = await realParts.sandbox({ clock: 'virtual', metricsServers: ['prometheus', 'http://prom:9090'], hooks: ['http://'] });
  const reply = await world.http(
    { method: 'GET', url: 'http://prom:9090/api/v1/query?query=1', headers: {} },
    new AbortController().signal,
  );
  expect(reply.status).toBe(200);
});

test('a metrics address that is none is told as such before anything is run', async () => {
  const io = fakeIo({ stdin: podinfo });
  expect(await main(['run', '-', '--sandbox', '--metrics-url', 'prometheus'], io, fakeParts())).toBe(3);
  expect(io.err()).not.toMatch(/bug|TypeError/);
});
