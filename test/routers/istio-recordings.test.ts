// Istio as Flagger 1.44 drives it: every state of the routes in the recordings, and both recorded moments of all routing objects, made from the
// input alone.
import { describe, expect, test } from '@jest/globals';
import { dig, listAt } from '../../src/common/dig.ts';
import type { Canary, Json, Obj, Traffic } from '../../src/contracts.ts';
import { istio } from '../../src/routers/istio.ts';
import { applied } from '../support/found.ts';
import { recordingOf, see, split, type Recording } from './mesh.ts';

const cookies = { canary: 'TAUMJyiiAX', primary: 'oLijyoRyqa' };

/** What each recorded state of the routes was wanted for. */
const stories: [string, Traffic[]][] = [
  ['ab-istio', [split(0), { kind: 'match' }, split(0)]],
  ['bg-istio', [split(0), split(100), split(0)]],
  [
    'affinity-istio',
    [split(0), { ...split(25), cookies }, { ...split(50), cookies }, { ...split(0), cookies: { expire: cookies.canary } }] as Traffic[],
  ],
  ['seed4-mirror', [split(0), { kind: 'mirror', percent: 100 }, split(20), split(40), split(60), split(0)]],
  ['istio-full', [split(0), split(25), split(50), split(0)]],
  ['istio-delegation', [split(0), split(25), split(50), split(0)]],
  ['istio-tcp', [split(0), split(25), split(50), split(0)]],
];

function routesOf(objects: readonly Obj[], canary: Canary): Json[] {
  const virtualService = objects.find(({ kind }) => kind === 'VirtualService');
  return listAt(virtualService, 'spec', canary.service.appProtocol === 'tcp' ? 'tcp' : 'http');
}

function played(recording: Recording, traffics: readonly Traffic[]): Obj[][] {
  const { canary, objects } = recording;
  const states: Obj[][] = [];
  let now = applied(objects, istio.prepare(see(objects, canary)));
  for (const want of traffics) states.push((now = applied(now, istio.route(see(now, canary), want))));
  return states;
}

/** Routing objects by name, without what the API server and each driver write about themselves. */
function routing(objects: readonly Obj[]): Record<string, unknown> {
  const ours = objects.filter(({ kind }) => kind === 'VirtualService' || kind === 'DestinationRule');
  return Object.fromEntries(
    ours.map(({ kind, metadata: { name, labels = {}, annotations = {} }, ...rest }) => {
      const { 'app.kubernetes.io/managed-by': _mark, ...others } = labels;
      return [`${kind}/${name}`, { labels: others, annotations, spec: rest['spec'] }];
    }),
  );
}

describe.each(stories)('%s', (name, traffics) => {
  const recording = recordingOf(name);
  const states = played(recording, traffics);

  test('every state of the routes', () => {
    expect(states.map((objects) => routesOf(objects, recording.canary))).toEqual(recording.routes);
  });

  test('the objects once it is initialized, and at its end', () => {
    expect(Object.keys(routing(recording.initialized))).toHaveLength(3);
    expect(routing(states[0] ?? [])).toEqual(routing(recording.initialized));
    expect(routing(states.at(-1) ?? [])).toEqual(routing(recording.final));
  });

  test('the recorded routes are read as what they were for', () => {
    const list = recording.canary.service.appProtocol === 'tcp' ? 'tcp' : 'http';
    const flaggers = (routes: Json[]): Obj[] =>
      recording.initialized.map((object) =>
        object.kind === 'VirtualService' ? { ...object, spec: { ...spec(object), [list]: routes } } : object,
      );
    const read = recording.routes.map((routes) => istio.read(see(flaggers(routes), recording.canary)));
    expect(read).toEqual(traffics);
  });
});

function spec(object: Obj): object {
  return dig(object, 'spec') as object;
}

describe.each(stories)('%s, left by Flagger in the middle', (name, traffics) => {
  const { canary, objects, routes, initialized } = recordingOf(name);

  test.each(traffics.map((want, place): [string, number] => [JSON.stringify(want), place]))(
    'at %s is brought home, and nothing is left',
    (_, at) => {
      const list = canary.service.appProtocol === 'tcp' ? 'tcp' : 'http';
      const virtualService = initialized.find(({ kind }) => kind === 'VirtualService') as Obj;
      const left = [...objects, { ...virtualService, spec: { ...spec(virtualService), [list]: routes[at] } }] as Obj[];
      expect(istio.check(see(left, canary))).toEqual([]);
      expect(routesOf(applied(left, istio.route(see(left, canary), split(0))), canary)).toEqual(routesOf(initialized, canary));
    },
  );
});

describe('adopted-istio', () => {
  const recording = recordingOf('adopted-istio');
  const [, initialized, quarter, half, home] = recording.routes;

  test("the recorded weights, with the match and the time-out that were the user's (Flagger takes them away)", () => {
    const kept = { match: [{ uri: { prefix: '/v1' } }], timeout: '3s' };
    const wanted = [initialized, quarter, half, home].map((routes) => (routes ?? []).map((route) => ({ ...kept, ...(route as object) })));
    const states = played(recording, [split(0), split(25), split(50), split(0)]);
    expect(states.map((objects) => routesOf(objects, recording.canary))).toEqual(wanted);
  });

  test('the DestinationRules, and the hosts and gateways of the VirtualService', () => {
    const [first = []] = played(recording, [split(0)]);
    const theirs = routing(recording.initialized);
    const ours = routing(first);
    for (const side of ['primary', 'canary'])
      expect(ours[`DestinationRule/podinfo-${side}`]).toEqual(theirs[`DestinationRule/podinfo-${side}`]);
    for (const field of ['hosts', 'gateways'])
      expect(dig(ours['VirtualService/podinfo'], 'spec', field)).toEqual(dig(theirs['VirtualService/podinfo'], 'spec', field));
  });
});
