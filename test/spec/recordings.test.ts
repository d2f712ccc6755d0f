// The Canary files that real runs of Flagger were recorded with: every one is loaded, and what is kept of it means the same.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { libraryOf } from '../../src/spec/library.ts';
import { loadCanaries } from '../../src/spec/load.ts';
import type { Loaded } from '../../src/spec/load.ts';
import type { Canary } from '../../src/spec/types.ts';

const folder = new URL('../parity/recordings/', import.meta.url);
const names = readdirSync(folder).filter((name) => existsSync(new URL(`${name}/input.yaml`, folder)));

function load(name: string): Loaded {
  const text = readFileSync(new URL(`${name}/input.yaml`, folder), 'utf8');
  return loadCanaries([{ name, text }], { defaultNamespace: name });
}

function only({ canaries }: Loaded): Canary {
  const [canary] = canaries;
  if (canary === undefined || canaries.length > 1) throw new Error('not one canary');
  return canary;
}

/** All of a Canary but the places in the file. */
function facts({ where: _where, source: _source, ...canary }: Canary): unknown {
  return JSON.parse(JSON.stringify(canary, (key, value: unknown) => (key === 'where' ? undefined : value)));
}

test('there are enough of them', () => expect(names.length).toBeGreaterThanOrEqual(25));

describe('loaded, and what is kept of it means the same', () => {
  test.each(names)('%s', (name) => {
    const canary = only(load(name));
    const kept = { name: 'kept', text: JSON.stringify(canary.source) };
    const again = only(loadCanaries([kept], { defaultNamespace: canary.namespace }));
    expect(facts(again)).toEqual(facts(canary));
  });
});

test.each([
  ['seed4-mirror', { kind: 'weights', steps: [20, 40, 60], back: [0], mirror: 100 }],
  ['ab-istio', { kind: 'iterations', count: 3, by: 'match' }],
  ['bg-istio', { kind: 'iterations', count: 3, by: 'all' }],
  ['bg-kubernetes', { kind: 'iterations', count: 3, by: 'all' }],
  ['skip-analysis', { kind: 'skip' }],
])('the strategy of %s', (name, strategy) => expect(only(load(name)).strategy).toEqual(strategy));

test('references of a recording are found among its own documents', () => {
  const metrics = load('custom-metrics');
  const templates = libraryOf(metrics.others, 'custom-metrics');
  const refs = only(metrics).metrics.flatMap(({ source }) => (source.kind === 'template' ? [source.ref] : []));
  expect(refs.map(({ namespace, name }) => templates.template(namespace, name)?.type)).toEqual(['prometheus', 'prometheus']);
  const alerts = load('alerts');
  const services = libraryOf(alerts.others, 'alerts');
  const chats = only(alerts).alerts.map(({ ref, severity }) => [services.alertService(ref.namespace, ref.name)?.type, severity]);
  expect(chats).toEqual([
    ['slack', 'info'],
    ['msteams', 'warn'],
    ['discord', 'error'],
    ['rocket', 'info'],
    ['gchat', 'info'],
  ]);
});
