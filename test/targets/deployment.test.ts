// The target Deployment: refusals, scaling, images, and what promotion could take away.
import { describe, expect, test } from '@jest/globals';
import type { Canary, Ctx, JsonObject, Obj } from '../../src/contracts.ts';
import { deployment } from '../../src/targets/deployment.ts';
import { applied, canaryOf } from '../support/found.ts';
import { changed, podinfo, podinfoPrimary, see } from './podinfo.ts';

const scaler = { scalerRef: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'podinfo' } };

function withReplicas(object: Obj, replicas: number): Obj {
  return changed(object, { spec: { replicas } });
}

describe('check', () => {
  test('accepts a target with and without its primary', () => {
    expect(deployment.check(see([podinfo()]))).toEqual([]);
    expect(deployment.check(see([podinfo(), podinfoPrimary()]))).toEqual([]);
  });

  test('says that the target is not there', () => {
    expect(deployment.check(see([]))).toEqual([{ path: 'Deployment/podinfo', text: 'deployment podinfo.test is not there' }]);
  });

  test("demands one of Flagger's selector labels, in Flagger's words", () => {
    const odd = changed(podinfo(), { spec: { selector: { matchLabels: { app: null, run: 'podinfo' } } } });
    const text = 'deployment podinfo.test spec.selector.matchLabels must contain one of [app name app.kubernetes.io/name]';
    expect(deployment.check(see([odd]))).toEqual([{ path: 'Deployment/podinfo', text }]);
  });

  test('refuses a primary whose selector, which cannot change, is another', () => {
    const other = changed(podinfoPrimary(), { spec: { selector: { matchLabels: { app: 'other' } } } });
    const text = `its selector is {"matchLabels":{"app":"other"}}, a primary's is {"matchLabels":{"app":"podinfo-primary"}}`;
    expect(deployment.check(see([podinfo(), other]))).toEqual([{ path: 'Deployment/podinfo-primary', text }]);
  });

  test('refuses a label that has no room for -primary', () => {
    const value = 'x'.repeat(56);
    const long = changed(podinfo(), { spec: { selector: { matchLabels: { app: value } } } });
    expect(deployment.check(see([long]))).toEqual([
      { path: 'Deployment/podinfo', text: `label app=${value}-primary of the primary would be longer than 63 characters` },
    ]);
  });

  test('names a kind that is not served', () => {
    const problems = deployment.check(see([], canaryOf(), ['Deployment']));
    expect(problems[0]).toEqual({ path: 'Deployment/podinfo', text: 'kind Deployment (apps/v1) is not served by this cluster' });
  });
});

describe('selector', () => {
  test.each([
    [{ app: 'a', name: 'b', version: 'v1' }, 'app', 'a'],
    [{ name: 'b', 'app.kubernetes.io/name': 'c' }, 'name', 'b'],
    [{ 'app.kubernetes.io/name': 'c', version: 'v1' }, 'app.kubernetes.io/name', 'c'],
  ])('of %j is the first label that Flagger knows', (matchLabels, key, value) => {
    const target = changed(podinfo(), { spec: { selector: { matchLabels: { app: null, ...matchLabels } } } });
    expect(deployment.selector(see([target]), 'canary')).toEqual({ [key]: value });
    expect(deployment.selector(see([target]), 'primary')).toEqual({ [key]: `${value}-primary` });
  });

  test('is still known when the target is gone', () => {
    expect(deployment.selector(see([podinfoPrimary()]), 'canary')).toEqual({ app: 'podinfo' });
  });

  test('is empty when nothing is there', () => {
    expect(deployment.selector(see([]), 'primary')).toEqual({});
  });
});

describe('needs and drives', () => {
  const names = [
    { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' },
    { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo-primary' },
  ];

  test('both Deployments, and the history of a primary that is there', () => {
    expect(deployment.needs(see([podinfo()]))).toEqual(names);
    const history = { list: { apiVersion: 'apps/v1', kind: 'ReplicaSet' }, labels: { app: 'podinfo-primary' } };
    expect(deployment.needs(see([podinfo(), podinfoPrimary()]))).toEqual([...names, history]);
    expect(deployment.drives(see([podinfo(), podinfoPrimary()]))).toEqual(names);
  });
});

describe('scale', () => {
  const replicasAfter = (objects: Obj[], canary: Canary, floor: number): unknown => {
    const [change] = deployment.scale(see(objects, canary), 'canary', { atLeast: floor });
    return change?.op === 'merge' ? change.patch : undefined;
  };
  const idle = withReplicas(podinfo(), 0);
  const busy = withReplicas(podinfoPrimary(), 6);

  test('a side with pods is left alone', () => {
    expect(deployment.scale(see([podinfo(), busy]), 'canary', { atLeast: 5 })).toEqual([]);
  });

  test('without a scaler as many as the other side, and at least one', () => {
    expect(replicasAfter([idle, busy], canaryOf(), 1)).toEqual({ spec: { replicas: 6 } });
    expect(replicasAfter([idle], canaryOf(), 0)).toEqual({ spec: { replicas: 1 } });
    expect(replicasAfter([idle], canaryOf(), 3)).toEqual({ spec: { replicas: 3 } });
  });

  test('with a scaler its floor, whatever load has made of the primary', () => {
    expect(replicasAfter([idle, busy], canaryOf(scaler), 2)).toEqual({ spec: { replicas: 2 } });
  });

  test('to zero, once', () => {
    const [change, ...more] = deployment.scale(see([podinfo()]), 'canary', 'zero');
    expect(change).toMatchObject({ op: 'merge', patch: { spec: { replicas: 0 } } });
    expect(more).toEqual([]);
    expect(deployment.scale(see([idle]), 'canary', 'zero')).toEqual([]);
    expect(deployment.scale(see([]), 'canary', 'zero')).toEqual([]);
  });

  test('wanted is what the object says, 1 where it says nothing, 0 without object', () => {
    expect(deployment.wanted(see([busy]), 'primary')).toBe(6);
    expect(deployment.wanted(see([changed(podinfo(), { spec: { replicas: null } })]), 'canary')).toBe(1);
    expect(deployment.wanted(see([]), 'primary')).toBe(0);
  });
});

describe('image', () => {
  const sidecar = { name: 'envoy', image: 'envoy:1', ports: [{ containerPort: 1 }] };
  const containers = (podinfo()['spec'] as { template: { spec: { containers: JsonObject[] } } }).template.spec.containers;
  const two = changed(podinfo(), { spec: { template: { spec: { containers: [...containers, sidecar] } } } });

  test('changes one container and leaves the others as they are', () => {
    const objects = applied([two], asChanges(deployment.image(see([two]), 'podinfod', 'podinfo:3.1.1')));
    expect(objects[0]).toEqual(
      changed(two, { spec: { template: { spec: { containers: [{ ...containers[0], image: 'podinfo:3.1.1' }, sidecar] } } } }),
    );
  });

  test('needs no name where there is one container', () => {
    expect(asChanges(deployment.image(see([podinfo()]), undefined, 'podinfo:3.1.1'))).toHaveLength(1);
  });

  test('changes nothing where the image is there', () => {
    expect(deployment.image(see([two]), 'podinfod', 'podinfo:3.1.0')).toEqual([]);
  });

  test('asks which container is meant', () => {
    const text = '--image must name the container (--image <container>=<image>); containers: podinfod, envoy';
    expect(deployment.image(see([two]), undefined, 'x')).toEqual({ path: 'Deployment/podinfo', text });
  });

  test('names the container that was perhaps meant', () => {
    const text = 'has no container "podinfo"; did you mean "podinfod"? (containers: podinfod, envoy)';
    expect(deployment.image(see([two]), 'podinfo', 'x')).toEqual({ path: 'Deployment/podinfo', text });
    expect(deployment.image(see([two]), 'nginx', 'x')).toEqual({
      path: 'Deployment/podinfo',
      text: 'has no container "nginx" (containers: podinfod, envoy)',
    });
  });

  function asChanges(result: ReturnType<typeof deployment.image>): Extract<typeof result, unknown[]> {
    if (!Array.isArray(result)) throw new Error(result.text);
    return result;
  }
});

describe('risky', () => {
  const withStrategy = (strategy: JsonObject, replicas: number): Ctx => {
    const target = changed(podinfo(), { spec: { strategy: null } });
    return see([changed(target, { spec: { strategy, replicas } })]);
  };

  test.each([
    ['Recreate', { type: 'Recreate' }, 4, true],
    ['nothing unavailable', { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } }, 1, false],
    ['the defaults on one replica', { type: 'RollingUpdate' }, 1, false],
    ['all unavailable', { rollingUpdate: { maxUnavailable: '100%' } }, 4, true],
    ['one of one', { rollingUpdate: { maxUnavailable: 1 } }, 1, true],
    ['one of two', { rollingUpdate: { maxUnavailable: 1 } }, 2, false],
    ['neither surge nor unavailable, which Kubernetes takes for one', { rollingUpdate: { maxUnavailable: '10%', maxSurge: 0 } }, 1, true],
    ['three quarters of three', { rollingUpdate: { maxUnavailable: '75%' } }, 3, false],
  ])('%s', (_, strategy, replicas, expected) => {
    expect(deployment.risky(withStrategy(strategy as JsonObject, replicas))).toBe(expected);
  });

  test('counts the replicas of the primary, which is what is rolled out', () => {
    const target = changed(podinfo(), { spec: { replicas: 0, strategy: { rollingUpdate: { maxUnavailable: 2 } } } });
    expect(deployment.risky(see([target, podinfoPrimary()]))).toBe(true);
    expect(deployment.risky(see([target, withReplicas(podinfoPrimary(), 3)]))).toBe(false);
  });
});
