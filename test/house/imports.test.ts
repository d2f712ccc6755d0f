// Arrows point one way: spec <- contracts <- {core, targets, routers, metrics, alerts} <- kit <- runner <- cli; kube, http and ui are handed in.
import { expect, test } from '@jest/globals';
import { importsOf, roomOf, sourcesUnder, type Import } from './sources.ts';

/** What each room may import from, besides itself. Types of the core and the runner may be seen by whoever shows or stores them. */
const allowed: Record<string, string[]> = {
  common: ['spec', 'contracts'],
  ports: [],
  errors: [],
  spec: ['common', 'errors'],
  contracts: ['spec'],
  core: ['contracts', 'spec', 'common'],
  targets: ['contracts', 'spec', 'common'],
  routers: ['contracts', 'spec', 'common'],
  metrics: ['contracts', 'spec', 'common'],
  alerts: ['contracts', 'spec', 'common'],
  kit: ['contracts', 'core', 'targets', 'routers', 'metrics', 'alerts', 'spec'],
  kube: ['ports', 'contracts', 'core', 'spec', 'common', 'errors'],
  http: ['ports', 'contracts', 'common'],
  runner: ['kit', 'kube', 'http', 'core', 'contracts', 'spec', 'common', 'ports', 'errors'],
  ui: ['runner', 'core', 'kube', 'contracts', 'spec', 'common', 'ports', 'http'],
  sandbox: ['ports', 'contracts', 'spec', 'common'],
  cli: ['runner', 'ui', 'kube', 'http', 'kit', 'core', 'sandbox', 'spec', 'contracts', 'common', 'ports', 'errors'],
};

/** Rooms whose values are not to be had, only their types. */
const typesOnly: [from: string, to: string][] = [
  ['common', 'spec'],
  ['common', 'contracts'],
  ['contracts', 'spec'],
  ['targets', 'spec'],
  ['routers', 'spec'],
  ['metrics', 'spec'],
  ['alerts', 'spec'],
  ['sandbox', 'spec'],
  ['sandbox', 'contracts'],
];

const imports: Import[] = sourcesUnder('src').flatMap(importsOf);
const inside = imports.filter(({ to }) => to.startsWith('src/'));
const line = ({ from, to }: Import): string => `${from} -> ${to}`;

test('there are imports to be checked', () => {
  expect(inside.length).toBeGreaterThan(200);
});

test('every room imports only from the rooms below it', () => {
  const wrong = inside.filter(({ from, to }) => roomOf(from) !== roomOf(to) && !(allowed[roomOf(from)] ?? []).includes(roomOf(to)));
  expect(wrong.map(line)).toEqual([]);
});

test('plug-ins and the sandbox see types of the spec, never its code', () => {
  const wrong = inside.filter(({ from, to, typeOnly }) => !typeOnly && typesOnly.some(([a, b]) => roomOf(from) === a && roomOf(to) === b));
  expect(wrong.map(line)).toEqual([]);
});

test('only the kit imports the registries', () => {
  const registries = ['src/targets/index.ts', 'src/routers/index.ts', 'src/metrics/index.ts', 'src/alerts/index.ts'];
  expect(inside.filter(({ from, to }) => registries.includes(to) && from !== 'src/kit.ts').map(line)).toEqual([]);
});

test('only the connection of the command line imports the sandbox, and lazily', () => {
  const wrong = inside.filter(
    ({ from, to, lazy, typeOnly }) =>
      roomOf(to) === 'sandbox' && roomOf(from) !== 'sandbox' && !typeOnly && (from !== 'src/cli/connect.ts' || !lazy),
  );
  expect(wrong.map(line)).toEqual([]);
});

test('client-node is imported in one file, and what the pure rooms import from outside is named here', () => {
  const outside = imports.filter(({ to }) => !to.startsWith('src/'));
  expect(new Set(outside.filter(({ to }) => to.startsWith('@kubernetes/client-node')).map(({ from }) => from))).toEqual(
    new Set(['src/kube/client-node.ts']),
  );
  const pure = ['common', 'spec', 'contracts', 'core', 'targets', 'routers', 'metrics', 'alerts', 'kit'];
  const packages = new Set(outside.filter(({ from }) => pure.includes(roomOf(from))).map(({ to }) => to));
  expect([...packages].sort()).toEqual(['js-yaml']);
});
