// What a real API server may say otherwise than a README shows: nothing but what is named.
import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { fits, onlyOurs } from '../cluster/examples/lines.ts';
import { whyLeftOut } from '../cluster/examples/rules.ts';
import { examples, preparationsOf, stepsOf } from './readme.ts';

const where = { namespace: 'walk-podinfo', name: 'test' };
const shown = [
  'context sandbox · user sandbox',
  'plan podinfo.test · istio · checks every 10s · rolled back at 10 failed checks',
  '2026-01-01T00:00:05Z test/podinfo Warning Waiting for podinfo-primary.test rollout to finish: 0 out of 2 new replicas have been updated',
  '2026-01-01T00:00:05Z test/podinfo Warning Waiting for podinfo-primary.test rollout to finish: 0 of 2 updated replicas are available',
  '2026-01-01T00:00:18Z test/podinfo Normal Initialization done! podinfo.test',
];
const event = (type: string, text: string): string => `2027-02-03T04:05:06Z walk-podinfo/podinfo ${type} ${text}`;
const waiting = 'Waiting for podinfo-primary.walk-podinfo rollout to finish:';
const said = [
  'context test · user canary',
  'note: examples/podinfo/canary.yaml:25:15: spec.analysis.interval: 1s is kept; a Flagger controller would raise it to 10s',
  'plan podinfo.walk-podinfo · istio · checks every 1s · rolled back at 10 failed checks',
  event('Warning', `${waiting} observed deployment generation less than desired generation`),
  event('Warning', `${waiting} 1 of 2 updated replicas are available`),
  event('Warning', `${waiting} 0 of 2 updated replicas are available`),
  event('Normal', 'Initialization done! podinfo.walk-podinfo'),
];

test('place, pace and how far pods are make no difference', () => expect(fits(said, shown, where)).toBe(true));

describe('makes a difference:', () => {
  const without = (text: string): string[] => said.filter((line) => !line.includes(text));
  const instead = (from: string, to: string): string[] => said.map((line) => line.replace(from, to));
  test.each([
    ['no wait for the pods', without(waiting)],
    ['a wait for other pods', instead('podinfo-primary.', 'podinfo.')],
    ['a wait in other words', instead('1 of 2 updated replicas are available', 'canary deployment not ready')],
    ['another namespace', instead('walk-podinfo/podinfo', 'default/podinfo')],
    ['another threshold', instead('at 10 failed', 'at 5 failed')],
    ['another note', instead('1s is kept', 'is not read')],
    ['a line more', [...said, event('Normal', 'Initialization done! podinfo.walk-podinfo')]],
    ['a line less', said.slice(0, -1)],
  ])('%s', (_, lines) => expect(fits(lines, shown, where)).toBe(false));
});

test('canaries of others are not compared, the head of the table is', () => {
  const table = ['NAMESPACE   NAME', 'walk-podinfo   podinfo', 'walk-podinfo-2   podinfo', 'other   podinfo'];
  expect(onlyOurs(table, 'walk-podinfo')).toEqual(table.slice(0, 2));
});

test.each(readdirSync(examples))('of %s all is played but what only a simulated cluster can do', (name) => {
  const left = stepsOf(name).filter(({ typed }) => whyLeftOut(typed, 'session'));
  expect(left.filter(({ typed }) => !/ --sandbox$|^canary sandbox (?:start|fault) |^export KUBECONFIG=sandbox/.test(typed))).toEqual([]);
  expect(stepsOf(name).length - left.length).toBeGreaterThan(5);
  expect(preparationsOf(name).filter((line) => !whyLeftOut(line, 'preparation'))).toContainEqual(
    expect.stringContaining(`kubectl apply -f examples/${name}/`),
  );
});
