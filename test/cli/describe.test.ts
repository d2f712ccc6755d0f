// `canary describe` over the API of a sandbox that holds what a run leaves: the record, what it keeps, workloads, routes and Events. Reads only.
import { readFileSync, writeFileSync } from 'node:fs';
import yaml from 'js-yaml';
import { describe, expect, test } from '@jest/globals';
import { main } from '../../src/cli/main.ts';
import type { Obj } from '../../src/contracts.ts';
import type { Kept, State } from '../../src/core/types.ts';
import { keptRef, recordRef } from '../../src/kube/record.ts';
import { summaryOf } from '../../src/kube/summary.ts';
import type { Wire } from '../../src/ports.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { widthOf } from '../../src/ui/table.ts';
import { canaryOf } from '../ui/lines.ts';
import { fakeIo, fakeParts } from './fake-io.ts';
import { podinfo } from './specs.ts';

const minute = 60_000;
const start = Date.UTC(2026, 0, 1);
const now = start + 30 * minute;
const hooks = `    webhooks:
      - name: acceptance-test
        type: pre-rollout
        url: http://tester/
      - name: load-test
        url: http://tester/
      - name: qa
        type: confirm-promotion
        url: http://tester/gate
`;
const canary = canaryOf(podinfo + hooks);

const state: State = {
  schema: 1,
  canary: 'podinfo',
  epoch: 3,
  driver: 'abcd',
  host: 'ana@ci-42',
  run: 'r',
  phase: 'Progressing',
  since: now - 4 * minute,
  traffic: { kind: 'split', canary: 25 },
  at: now - minute,
  check: { no: 2, dueAt: now + 10_000 },
  failedChecks: 1,
  iterations: 0,
  passed: ['once/hook/0/acceptance-test'],
  revision: 'new0000001',
  promoted: 'old0000001',
  gate: 'qa',
  heard: [],
  owed: [],
};
const kept: Kept = {
  spec: canary.source,
  undo: {},
  made: [],
  runs: [
    { revision: 'old0000000', result: 'initialized', at: start },
    { revision: 'old0000001', result: 'promoted', at: start + 10 * minute },
  ],
};

function deployment(name: string, image: string): Obj {
  const labels = { app: name };
  const containers = [{ name: 'podinfod', image, ports: [{ containerPort: 9898 }] }];
  const spec = { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'test' }, spec };
}

function service(name: string, app: string): Obj {
  const spec = { selector: { app }, ports: [{ name: 'http', port: 9898, targetPort: 9898 }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'test' }, spec };
}

function route(weight: number): Obj {
  const to = (host: string, share: number): object => ({ destination: { host }, weight: share });
  const spec = { hosts: ['podinfo'], http: [{ route: [to('podinfo-primary', 100 - weight), to('podinfo-canary', weight)] }] };
  return { apiVersion: 'networking.istio.io/v1beta1', kind: 'VirtualService', metadata: { name: 'podinfo', namespace: 'test' }, spec };
}

function records(remembered: State): Obj[] {
  const annotations = Object.fromEntries(
    Object.entries(summaryOf(canary, remembered)).filter((each): each is [string, string] => each[1] !== null),
  );
  const configMap = (name: string, kind: string, data: object): Obj => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'test', labels: { 'canary.run/kind': kind }, ...(kind === 'record' ? { annotations } : {}) },
    data,
  });
  return [
    configMap(recordRef(canary).name, 'record', { state: JSON.stringify(remembered) }),
    configMap(keptRef(canary).name, 'kept', { kept: JSON.stringify(kept) }),
  ];
}

function lease(id: string): Obj {
  const spec = { holderIdentity: id, renewTime: new Date(now - 3000).toISOString().replace('Z', '000Z') };
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: `canary-${id}`, namespace: 'test' }, spec };
}

interface Told {
  readonly type?: string;
  readonly message: string;
  readonly ago: number;
  readonly from?: string;
  readonly count?: number;
  readonly over?: number;
}

function event({ type = 'Normal', message, ago, from = 'canary', count = 1, over = ago }: Told, no: number): Obj {
  // The server's clock is told in whole seconds: what is read stands a second later.
  const at = (before: number): string => new Date(now + 1000 - before).toISOString().replace('.000', '');
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `podinfo.${no}`, namespace: 'test' },
    involvedObject: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo', namespace: 'test' },
    reason: 'Synced',
    source: { component: from },
    type,
    message,
    count,
    firstTimestamp: at(over),
    lastTimestamp: at(ago),
  };
}

const told: readonly Told[] = [
  { message: 'Starting canary deployment for podinfo.test', ago: 4 * minute },
  { type: 'Warning', message: 'Halt podinfo.test advancement success rate 69.17% < 99%', ago: 45_000, count: 4, over: 10 * minute },
  { message: 'Advance podinfo.test canary weight 25', ago: 2 * minute },
  { message: 'Scaled up replica set', ago: minute, from: 'deployment-controller' },
];

async function clusterWith(remembered: State, more: readonly Obj[] = []): Promise<Sandbox> {
  const sandbox = createSandbox({ clock: 'virtual', start });
  await sandbox.apply([
    deployment('podinfo-primary', 'stefanprodan/podinfo:3.1.0'),
    deployment('podinfo', 'stefanprodan/podinfo:3.1.1'),
    service('podinfo', 'podinfo-primary'),
    service('podinfo-primary', 'podinfo-primary'),
    service('podinfo-canary', 'podinfo'),
    ...records(remembered),
    ...more,
  ]);
  await sandbox.clock.sleep(now - sandbox.clock.now(), new AbortController().signal);
  await sandbox.apply([...told.map(event), lease('abcd')]);
  return sandbox;
}

interface Described {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
  readonly asked: readonly Wire[];
}

async function described(sandbox: Sandbox, ...argv: string[]): Promise<Described> {
  return describedOn(fakeIo({ env: { LANG: 'C.UTF-8' } }), sandbox, argv);
}

async function describedOn(io: ReturnType<typeof fakeIo>, sandbox: Sandbox, argv: string[]): Promise<Described> {
  const asked: Wire[] = [];
  const world = sandbox.asWorld('test');
  const api: typeof world.api = (wire, signal) => {
    asked.push(wire);
    return world.api(wire, signal);
  };
  const exit = await main(['describe', ...argv], io, fakeParts({ cluster: () => Promise.resolve({ ...world, api }) }));
  return { exit, out: io.out(), err: io.err(), asked };
}

/** Names of pods are the sandbox's; all else is compared with what was looked at. */
function expectScreen(name: string, shown: string): void {
  const file = new URL(`../pty/screens/${name}.txt`, import.meta.url);
  const calm = shown.replace(/(podinfo(?:-primary)?)-[a-z0-9]{4,}-[a-z0-9]{5}/g, '$1-<id>');
  if (process.env['CANARY_SCREENS'] === 'write') writeFileSync(file, calm);
  expect(calm).toBe(readFileSync(file, 'utf8'));
}

describe('a canary on its way', () => {
  test('begins as kubectl describe does: the seed’s lines, then the Events of ours, newest last', async () => {
    const { exit, out, err, asked } = await described(await clusterWith(state, [route(25)]), 'podinfo');
    expect([exit, err]).toEqual([0, '']);
    expect(out.split('\n').slice(0, 12)).toEqual([
      'Name:         podinfo',
      'Namespace:    test',
      'Status:',
      '  Canary Weight:         25',
      '  Failed Checks:         1',
      '  Phase:                 Progressing',
      'Events:',
      '  Type     Reason  Age                From    Message',
      '  ----     ------  ----               ----    -------',
      '  Normal   Synced  4m                 canary  Starting canary deployment for podinfo.test',
      '  Normal   Synced  2m                 canary  Advance podinfo.test canary weight 25',
      '  Warning  Synced  45s (x4 over 10m)  canary  Halt podinfo.test advancement success rate 69.17% < 99%',
    ]);
    expect(out).not.toContain('Scaled up replica set');
    expect(asked.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test.each([60, 80, 160])('at %p columns lists fill lines, and nothing is cut', async (columns) => {
    const io = fakeIo({ isTTY: true, columns, env: { LANG: 'C.UTF-8' } });
    const { out } = await describedOn(io, await clusterWith(state, [route(25)]), ['podinfo']);
    const tree = out.split('\n\n')[1] ?? '';
    // A pod's name is one word, however long.
    for (const shown of tree.split('\n').filter((each) => !/─ pod /.test(each))) expect(widthOf(shown)).toBeLessThanOrEqual(columns);
    expect(out).not.toContain('…');
    expectScreen(`describe-${columns}`, out);
  });

  test('in a pipe nothing is cut; with --ascii nothing but plain signs', async () => {
    const { out } = await described(await clusterWith(state, [route(25)]), 'podinfo', '--ascii');
    expect(out).toMatch(/^[\n\x20-\x7e]*$/);
    expectScreen('describe-ascii', out);
  });

  test('as JSON and YAML: the item of status, and more', async () => {
    const sandbox = await clusterWith(state, [route(25)]);
    const { out } = await described(sandbox, 'podinfo', '-o', 'json');
    const document = JSON.parse(out) as object;
    expect(document).toMatchObject({
      apiVersion: 'canary.run/v1',
      kind: 'CanaryDescription',
      name: 'podinfo',
      namespace: 'test',
      state: 'waiting',
      why: 'gate "qa" is closed',
      driver: { host: 'ana@ci-42', alive: true },
      provider: 'istio',
      primary: { name: 'podinfo-primary', images: ['stefanprodan/podinfo:3.1.0'], ready: 2, wanted: 2 },
      canary: { name: 'podinfo', images: ['stefanprodan/podinfo:3.1.1'], ready: 2, wanted: 2, pods: [{ ready: true, restarts: 0 }, {}] },
      routes: { traffic: 'canary 25 %, primary 75 %', drift: 'no drift' },
      checks: { threshold: 2, metrics: [{ name: 'request-success-rate', unit: '%', min: 99 }] },
      hooks: [
        { name: 'acceptance-test', type: 'pre-rollout', is: 'passed' },
        { name: 'load-test', type: 'rollout', is: 'not passed yet' },
        { name: 'qa', type: 'confirm-promotion', is: 'CLOSED' },
      ],
      history: [{ result: 'initialized' }, { revision: 'old0000001', result: 'promoted', at: '2026-01-01T00:10:00Z' }],
      events: [{ count: 1 }, { message: 'Advance podinfo.test canary weight 25' }, { type: 'Warning', count: 4 }],
    });
    expect(yaml.load((await described(sandbox, 'podinfo', '-o', 'yaml')).out)).toEqual(document);
  });
});

describe('a canary at rest', () => {
  const { gate: _, ...rest } = state;
  const resting: State = { ...rest, phase: 'Succeeded', driver: '', host: '', traffic: { kind: 'split', canary: 0 } };

  test.each([
    [0, 'no drift'],
    [40, 'DRIFTED'],
  ])('with %p %% on the canary: %s', async (weight, drift) => {
    const { out } = await described(await clusterWith(resting, [route(weight)]), 'podinfo');
    expect(out).toMatch(new RegExp(`routes .*canary ${weight} %, primary ${100 - weight} % · ${drift}\n`));
    expect(out).toContain('nobody drives it');
    expect(out).toContain('acceptance-test (pre-rollout) not asked now');
  });
});

describe('others', () => {
  test('a NAME that is not there: exit 6, and what was probably meant', async () => {
    const { exit, out, err } = await described(await clusterWith(state), 'podinof');
    expect([exit, out]).toEqual([6, '']);
    expect(err).toBe('error: no canary "podinof" in namespace test; did you mean "podinfo"?\nnext: canary status -A shows all of them\n');
  });

  test('a record whose spec cannot be read is shown all the same', async () => {
    const sandbox = await clusterWith(state);
    const broken: Obj = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: keptRef(canary).name, namespace: 'test' },
      data: { kept: '{' },
    };
    await sandbox.apply([broken]);
    const { exit, out } = await described(sandbox, 'podinfo');
    expect(exit).toBe(0);
    expect(out).toContain('  Phase:                 Progressing\n');
    expect(out).toMatch(/└─ kept     nothing readable is kept of its last run\n$/);
  });

  test('no NAME is wrong usage', async () => {
    const { exit, err } = await described(await clusterWith(state));
    expect([exit, err]).toEqual([2, expect.stringContaining("missing required argument 'NAME'")]);
  });
});
