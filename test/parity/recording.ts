// The recordings of Flagger 1.44, and what is asked of ours beside them, wherever ours was played: on the sandbox (parity.test.ts) or on a real API
// server (test/cluster/releases). What differs is decided, and named here or in compare.ts. It plays nothing.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import yaml from 'js-yaml';
import { isObject } from '../../src/common/json.ts';
import type { Obj } from '../../src/contracts.ts';
import type { Script } from '../support/script.ts';
import { calls, follow, live, recorded, recordedRoutes, routed, type Call, type Facts } from './compare.ts';

const folder = join(import.meta.dirname, 'recordings');

/** The names of all recordings. */
export const cases: readonly string[] = readdirSync(folder);

export interface Step {
  readonly image?: string;
  readonly atWeight?: number;
  readonly apply?: Obj;
  readonly end?: true;
  readonly remove?: true;
}

export interface WorldFile extends Script {
  readonly steps: Step[];
}

/** The kinds whose objects a recording holds. */
export const comparedKinds = [
  'Deployment',
  'Service',
  'HorizontalPodAutoscaler',
  'ConfigMap',
  'Secret',
  'VirtualService',
  'DestinationRule',
  'HTTPRoute',
  'TrafficSplit',
  'TraefikService',
] as const;

/** A primary that does not come up: Flagger leaves all traffic on the canary, we put the last good template back (decided). */
const rollsBackInstead = ['primary-stalls'];
/** Of a VirtualService that the user made, Flagger replaces the routes; ours keep what the user wrote on them. */
const keepsTheUsersRoutes = ['adopted-istio'];

export function read(name: string, file: string): string {
  const path = join(folder, name, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

export function worldOf(name: string): WorldFile {
  return yaml.load(read(name, 'world.yaml')) as WorldFile;
}

/** Adds what this object says about the route, if it is one that routes. */
export function followRoute(routes: unknown[], object: Obj): void {
  const spec = object['spec'];
  if (!isObject(spec)) return;
  if (object.kind === 'VirtualService') follow(routes, routed(spec['http'] ?? spec['tcp']));
  if (object.kind === 'HTTPRoute') follow(routes, routed(spec['rules']));
  if (object.kind === 'TraefikService') follow(routes, routed(spec));
  if (object.kind === 'TrafficSplit') follow(routes, routed(spec['backends']));
}

export interface Ending {
  readonly exitCode: number | null | undefined;
  readonly final: Facts;
}

export function expectInitialized(name: string, initialized: Facts): void {
  const wanted = recorded(read(name, 'initialized.yaml'));
  if (keepsTheUsersRoutes.includes(name)) delete wanted['VirtualService/podinfo'];
  expect(initialized).toMatchObject(wanted);
  if (!keepsTheUsersRoutes.includes(name)) expect(initialized).toEqual(wanted);
}

export function expectFinal(name: string, { exitCode, final }: Ending): void {
  const wanted = recorded(read(name, 'final.yaml'));
  if (rollsBackInstead.includes(name)) {
    expect(exitCode).toBe(11);
    expect(final['Deployment/podinfo-primary']).toEqual(recorded(read(name, 'initialized.yaml'))['Deployment/podinfo-primary']);
    return;
  }
  // Flagger gives an adopted route back without its labels and with a weight that it did not have.
  if (keepsTheUsersRoutes.includes(name)) wanted['VirtualService/podinfo'] = live(usersOwn(name))['VirtualService/podinfo'];
  expect(final).toEqual(wanted);
}

export function expectRoutes(name: string, routes: readonly unknown[]): void {
  const wanted = Object.values(recordedRoutes(read(name, 'transcript.txt')))[0] ?? [];
  if (keepsTheUsersRoutes.includes(name)) {
    expect(routes.map(weights)).toEqual([...wanted.slice(0, -1), routes[0]].map(weights));
    return;
  }
  const common = rollsBackInstead.includes(name) ? wanted.slice(0, -1) : wanted;
  expect(rollsBackInstead.includes(name) ? routes.slice(0, common.length) : routes).toEqual(common);
}

export function expectCalls(name: string, hooks: readonly Call[], queries: readonly string[]): void {
  const lines = read(name, 'hooks.jsonl')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Call);
  expect(calls(hooks)).toEqual(calls(lines));
  expect([...new Set(queries)].sort()).toEqual(read(name, 'queries.txt').split('\n').filter(Boolean).sort());
}

function usersOwn(name: string): Obj[] {
  return (yaml.loadAll(read(name, 'input.yaml')) as Obj[]).filter(({ kind }) => kind === 'VirtualService');
}

/** What the routes give each host, whatever else stands on them. */
function weights(http: unknown): unknown {
  return JSON.stringify(http).match(/"host":"[^"]+"\}(,"weight":\d+)?/g);
}
