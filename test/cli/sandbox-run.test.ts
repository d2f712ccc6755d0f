// `canary run --sandbox` with files of all sorts: what is applied where, what is left out, what is refused.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Sandbox } from '../../src/cli/connect.ts';
import { main } from '../../src/cli/main.ts';
import { nextImage } from '../../src/cli/made-up.ts';
import { realParts } from '../../src/cli/parts.ts';
import { fakeIo, fakeParts, type FakeIo } from './fake-io.ts';
import { podinfo } from './specs.ts';
import { outcome } from './worlds.ts';

/** A sandbox for real, an engine that is replaced: only what stands around it is looked at. */
async function inSandbox(stdin: string, ...flags: string[]): Promise<{ exit: number; io: FakeIo; urls: string[] }> {
  const io = fakeIo({ stdin });
  const urls: string[] = [];
  const look = async ({ world }: Sandbox): Promise<void> => {
    for (const url of ['/api/v1/namespaces', '/api/v1/configmaps', '/api/v1/secrets', '/api/v1/nodes']) {
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

test.each(['--kubeconfig', '--context'])('%s and --sandbox exclude each other', async (flag) => {
  const io = fakeIo({ stdin: podinfo });
  expect(await main(['run', '-', '--sandbox', flag, 'x'], io, fakeParts())).toBe(2);
  expect(io.err()).toContain(`${flag} and --sandbox exclude each other`);
});

test('ConfigMaps and Secrets that the target names and the files leave out are made up, with their keys; optional ones are not', async () => {
  const key = (name: string, more = {}): object => ({ name, key: 'password', ...more });
  const container = {
    name: 'app',
    image: 'example.com/app:1.0',
    env: [
      { name: 'A', valueFrom: { secretKeyRef: key('login') } },
      { name: 'B', valueFrom: { configMapKeyRef: key('maybe', { optional: true }) } },
    ],
    envFrom: [{ configMapRef: { name: 'settings' } }],
  };
  const volumes = [
    { name: 'files', configMap: { name: 'files' } },
    { name: 'tls', secret: { secretName: 'tls' } },
    { name: 'all', projected: { sources: [{ configMap: { name: 'part' } }, { secret: { name: 'hidden', optional: true } }] } },
  ];
  const labels = { app: 'podinfo' };
  const target = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'podinfo', namespace: 'test' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { initContainers: [container], containers: [container], volumes } },
    },
  };
  const given = { ...configMap, metadata: { name: 'settings', namespace: 'test' } };
  const { exit, io, urls } = await inSandbox(and(target, given));
  expect(exit).toBe(0);
  const made = [...io.err().matchAll(/the files hold no (\S+): the sandbox makes one up/g)].map(([, name]) => name);
  expect(made).toEqual(['ConfigMap/files', 'Secret/tls', 'ConfigMap/part', 'Secret/login']);
  expect(urls).toEqual(expect.arrayContaining(['/api/v1/secrets test/login', '/api/v1/secrets test/tls', '/api/v1/configmaps test/part']));
  expect(urls.filter((url) => /maybe|hidden/.test(url))).toEqual([]);
});

describe('chats of the files', () => {
  const provider = (spec: object): object => ({
    apiVersion: 'flagger.app/v1beta1',
    kind: 'AlertProvider',
    metadata: { name: 'chat', namespace: 'test' },
    spec,
  });
  const login = (data: object): object => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'chat', namespace: 'test' }, ...data });
  const secretRef = { name: 'chat' };
  test.each([
    ['by address', [provider({ type: 'slack', address: 'https://hooks.example.com/a?b=c' })], 'https://hooks.example.com/a?b=c'],
    [
      'by Secret',
      [provider({ type: 'slack', secretRef }), login({ stringData: { address: 'https://chat.example.com/x' } })],
      'https://chat.example.com/x',
    ],
    [
      'by coded Secret',
      [provider({ type: 'slack', secretRef }), login({ data: { address: btoa('https://chat.example.com/y\n') } })],
      'https://chat.example.com/y',
    ],
    ['by a Secret that is made up', [provider({ type: 'slack', secretRef })], 'http://chat.sandbox.local/'],
  ])('%s: answered, and shown on stderr', async (_, objects, address) => {
    const io = fakeIo({ stdin: and(...objects) });
    let status = 0;
    const opened: Sandbox[] = [];
    const parts = fakeParts({
      sandbox: async (options) => {
        const sandbox = await realParts.sandbox({ ...options, clock: 'virtual' });
        opened.push(sandbox);
        return sandbox;
      },
      run: async ({ canaries, world }) => {
        const body = JSON.stringify({ attachments: [{ author_name: 'podinfo.test', text: 'New revision detected' }] });
        ({ status } = await world.http({ method: 'POST', url: address, headers: {}, body }, new AbortController().signal));
        return canaries.map((canary) => outcome(canary, { is: 'promoted' }));
      },
    });
    expect(await main(['run', '-', '--sandbox'], io, parts)).toBe(0);
    expect(status).toBe(200);
    expect(io.err()).toMatch(/^sandbox: slack: podinfo\.test: New revision detected$/m);
  });
});

test.each([
  ['stefanprodan/podinfo:3.1.0', 'stefanprodan/podinfo:3.1.1'],
  ['podinfo:3.1.9', 'podinfo:3.1.10'],
  ['registry:5000/app', 'registry:5000/app:next'],
  ['app:latest', 'app:latest-2'],
  ['app:v1.2.3-rc.1', 'app:v1.2.3-rc.2'],
  ['app:2024.01.09', 'app:2024.01.10'],
  ['app:007', 'app:008'],
  ['app:99999999999999999999', 'app:100000000000000000000'],
  ['app:1.2@sha256:abc', 'app:1.3'],
  ['app@sha256:abc', 'app:next'],
])('the next image after %s is %s', (image, next) => {
  expect(nextImage(image)).toBe(next);
});

/** The real engine in virtual time, and what it said. */
async function whole(stdin: string): Promise<{ exit: number; io: FakeIo }> {
  const io = fakeIo({ stdin });
  const parts = fakeParts({ ...realParts, sandbox: (options) => realParts.sandbox({ ...options, clock: 'virtual' }) });
  return { exit: await main(['run', '-', '--sandbox'], io, parts), io };
}

describe('a whole release', () => {
  const blueGreen = podinfo.replace(/ {4}maxWeight: 50\n {4}stepWeight: 25\n/, '    iterations: 3\n');

  test('a file alone: everything is made up, bootstrapped, released with a newer image, and promoted', async () => {
    const { exit, io } = await whole(podinfo);
    expect([exit, io.out()]).toEqual([0, expect.stringMatching(/^result=promoted exit=0 /m)]);
    expect(io.err()).toContain('kubectl -n test set image deployment/podinfo *=example.com/podinfo:1.0.1');
  });

  test('blue/green without a load test: the sandbox visits the new version', async () => {
    const { exit, io } = await whole(blueGreen);
    expect([exit, io.out()]).toEqual([0, expect.stringMatching(/^result=promoted exit=0 /m)]);
    expect(io.err()).toContain('note: the files hold no load test: the sandbox sends 10 requests a second to podinfo-canary.test');
  });

  test('blue/green with its own load test is visited by that alone; gates open after a while; a rollback hook says no', async () => {
    const hooks = `    webhooks:
      - { name: gate, type: confirm-promotion, url: "http://flagger-loadtester.test/gate/check" }
      - { name: back, type: rollback, url: "http://ops.test/rollback/check" }
      - { name: load, url: "http://flagger-loadtester.test/", metadata: { cmd: "hey -z 2m -q 10 -c 2 http://podinfo-canary.test:9898/" } }
    metrics:
`;
    const { exit, io } = await whole(blueGreen.replace('    metrics:\n', hooks));
    expect([exit, io.out()]).toEqual([0, expect.stringMatching(/^result=promoted exit=0 /m)]);
    expect(io.err()).not.toContain('no load test');
    expect(io.err().match(/^sandbox: gate podinfo\.test is opened after \d+ s, as a person would$/gm)).toHaveLength(1);
  });

  test('blue/green behind Traefik, which measures only what it sends itself', async () => {
    const { exit, io } = await whole(blueGreen.replace('provider: istio', 'provider: traefik'));
    expect([exit, io.out()]).toEqual([0, expect.stringMatching(/^result=promoted exit=0 /m)]);
    expect(io.err()).toContain('10 requests a second to podinfo-canary.test, through Traefik');
  });

  test('a Gateway that the files do not hold is made up, so that somebody takes the route', async () => {
    const refs = '    gatewayRefs:\n      - name: public\n        namespace: infra\n';
    const file = podinfo.replace('provider: istio', 'provider: gatewayapi:v1').replace('    port: 9898\n', `    port: 9898\n${refs}`);
    const { exit, io } = await whole(file);
    expect([exit, io.out()]).toEqual([0, expect.stringMatching(/^result=promoted exit=0 /m)]);
    expect(io.err()).toContain('the files hold no Gateway/public: the sandbox makes one up');
  });

  test('delegation: somebody has to lead there', async () => {
    const { exit, io } = await whole(podinfo.replace('    port: 9898\n', '    port: 9898\n    delegation: true\n'));
    expect([exit, io.out()]).toEqual([0, expect.stringMatching(/^result=promoted exit=0 /m)]);
    expect(io.err()).toContain('the files hold no VirtualService/podinfo-entrance: the sandbox makes one up');
  });

  /** A share of the recordings, one for each thing that the sandbox has to answer. */
  test.each([
    'alerts',
    'config-tracking',
    'hooks-all',
    'istio-delegation',
    'osm',
    'seed1-smi',
    'seed4-mirror',
    'bg-kubernetes',
    'traefik',
    'gatewayapi-mirror',
  ])('the files of %s come to their end', async (name) => {
    const { exit, io } = await whole(readFileSync(new URL(`../parity/recordings/${name}/input.yaml`, import.meta.url), 'utf8'));
    expect([exit, io.out()]).toEqual([0, expect.stringMatching(/^result=promoted exit=0 /m)]);
    expect(io.err()).not.toMatch(/^error/m);
    expect([name, /^sandbox: slack: podinfo\.default: /m.test(io.err())]).toEqual([name, name === 'alerts']);
  });
});
