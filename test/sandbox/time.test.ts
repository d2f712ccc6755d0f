// Virtual time: when it moves, in which order, and that a world can be put back.
import { describe, expect, test } from '@jest/globals';
import type { Send } from '../../src/ports.ts';
import { scaledClock, virtualClock } from '../../src/sandbox/clock.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import {
  client,
  configMap,
  deployment,
  DEPLOYMENTS,
  type Loose,
  MERGE,
  pause,
  read,
  service,
  startWatch,
  virtualSandbox,
} from './client.ts';

const never = new AbortController().signal;

/** Some turns of the real event loop, in which virtual time would move if it could. */
async function turns(): Promise<void> {
  for (let no = 0; no < 50; no++) await new Promise((resolve) => setImmediate(resolve));
}

describe('virtual time', () => {
  test('jumps from sleep to sleep, in order of time and then of asking', async () => {
    const clock = virtualClock(0);
    const log: string[] = [];
    const sleeper = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms, never);
      log.push(`${name} ${clock.now()}`);
    };
    await Promise.all([sleeper('late', 86_400_000), sleeper('b', 10), sleeper('c', 10), sleeper('a', 5)]);
    expect(log).toEqual(['a 5', 'b 10', 'c 10', 'late 86400000']);
  });

  test('ends a sleep at once when it is aborted, and never rejects', async () => {
    const clock = virtualClock(0);
    const control = new AbortController();
    const sleep = clock.sleep(1000, control.signal);
    control.abort();
    await sleep;
    await clock.sleep(1000, control.signal);
    expect(clock.now()).toBe(0);
  });

  test('stands still while a request is open', async () => {
    const clock = virtualClock(0);
    let answer: (() => void) | undefined;
    const slow: Send = () =>
      new Promise((resolve) => (answer = () => resolve({ status: 200, headers: {}, body: (async function* () {})() })));
    const request = clock.counted(slow)({ method: 'GET', url: '/', headers: {} }, never);
    const sleep = clock.sleep(1000, never);
    await turns();
    expect(clock.now()).toBe(0);
    answer?.();
    await request;
    await sleep;
    expect(clock.now()).toBe(1000);
  });

  test('goes on after a request that failed', async () => {
    const clock = virtualClock(0);
    const broken = clock.counted(() => Promise.reject(new Error('reset')));
    await expect(broken({ method: 'GET', url: '/', headers: {} }, never)).rejects.toThrow('reset');
    await clock.sleep(1000, never);
    expect(clock.now()).toBe(1000);
  });

  test('stands still while somebody holds it', async () => {
    const clock = virtualClock(0);
    const release = clock.hold();
    const sleep = clock.sleep(1000, never);
    await turns();
    expect(clock.now()).toBe(0);
    release();
    release();
    await sleep;
    expect(clock.now()).toBe(1000);
  });

  test('does not move for timers that nobody waits for', async () => {
    const clock = virtualClock(0);
    const fired: number[] = [];
    clock.after(100, () => fired.push(clock.now()));
    const cancel = clock.after(200, () => fired.push(clock.now()));
    await turns();
    expect(fired).toEqual([]);
    cancel();
    await clock.sleep(1000, never);
    expect(fired).toEqual([100]);
  });

  test('moves for an open watch, which itself is not a request in flight', async () => {
    const sandbox = virtualSandbox();
    await sandbox.apply([deployment('podinfo', { replicas: 1 })]);
    const watch = await startWatch(sandbox.api, `${DEPLOYMENTS}?watch=1`);
    while (watch.events.at(-1)?.object.status.readyReplicas !== 1) await new Promise((resolve) => setImmediate(resolve));
    await watch.stop();
    const stopped = sandbox.clock.now();
    await turns();
    expect([stopped > Date.UTC(2026, 0, 1, 0, 0, 1), sandbox.clock.now()]).toEqual([true, stopped]);
  });

  test('gives up on what does not come', async () => {
    const sandbox = virtualSandbox();
    await expect(sandbox.until(() => false, 5000)).rejects.toThrow('the sandbox waited 5000 ms for something that did not come');
  });
});

async function story(sandbox: Sandbox): Promise<string[]> {
  const log: string[] = [];
  const stop = sandbox.world.store.subscribe(undefined, ({ type, version, after }) => {
    log.push(`${sandbox.clock.now()} ${version} ${type} ${after.kind}/${after.metadata.name}`);
  });
  const ask = client(sandbox.api);
  await sandbox.setImage('test', 'podinfo', 'podinfo:3.1.1');
  const scaling = async (): Promise<void> => {
    await pause(sandbox, 300);
    await ask('PATCH', `${DEPLOYMENTS}/podinfo`, { spec: { replicas: 5 } }, MERGE);
  };
  await Promise.all([scaling(), pause(sandbox, 30_000)]);
  stop();
  return log;
}

describe('a world', () => {
  async function prepared(): Promise<Sandbox> {
    const sandbox = virtualSandbox();
    await sandbox.apply([deployment('podinfo'), service('web', 'podinfo')]);
    await pause(sandbox, 500);
    return sandbox;
  }

  test('tells the same story every time', async () => {
    const first = await story(await prepared());
    expect(first.length).toBeGreaterThan(50);
    expect(await story(await prepared())).toEqual(first);
  });

  test('is put back with its timers: the same story again, also in another sandbox', async () => {
    const sandbox = await prepared();
    const saved = sandbox.world.snapshot();
    const copy = structuredClone(saved);
    const first = await story(sandbox);
    expect(saved).toEqual(copy);
    sandbox.world.restore(saved);
    expect(await story(sandbox)).toEqual(first);
    const other = createSandbox({ clock: 'virtual', start: 0 });
    other.world.restore(copy);
    expect(await story(other)).toEqual(first);
  });

  test('is saved with faults, knobs, denials, history and what others keep in it', async () => {
    const sandbox = virtualSandbox();
    let requests = 7;
    sandbox.world.parts.set('traffic', { snapshot: () => requests, restore: (saved) => (requests = saved as number) });
    await sandbox.apply([configMap('x', { a: '1' })]);
    sandbox.world.faults.set('podinfo', { errors: 0.5 });
    sandbox.world.knobs.endpointLagMs = 77;
    sandbox.world.denied.push({ verb: 'delete' });
    const saved = sandbox.world.snapshot();
    requests = 8;
    sandbox.world.faults.clear();
    sandbox.world.knobs.endpointLagMs = 1;
    sandbox.world.denied.length = 0;
    await sandbox.ask('DELETE', '/api/v1/namespaces/test/configmaps/x');
    sandbox.world.store.compact();
    sandbox.world.restore(saved);
    expect([requests, sandbox.world.faults.of('any', 'podinfo'), sandbox.world.knobs.endpointLagMs]).toEqual([7, { errors: 0.5 }, 77]);
    expect((await sandbox.ask('DELETE', '/api/v1/namespaces/test/configmaps/x')).status).toBe(403);
    const watch = await startWatch(sandbox.api, '/api/v1/namespaces/test/configmaps?watch=1&resourceVersion=2');
    await watch.stop();
    expect(watch.events.map(({ type }: Loose) => type)).toContain('ADDED');
  });

  test('on a clock that cannot be set is not put back', () => {
    const sandbox = createSandbox({ clock: { speed: 100 } });
    expect(() => sandbox.world.restore(sandbox.world.snapshot())).toThrow('only a world in virtual time can be restored');
  });
});

describe('scaled time', () => {
  test('starts where it is told, goes forward, and wakes sleepers, early when aborted', async () => {
    const clock = scaledClock(1000, 5_000_000);
    const before = clock.now();
    expect(before).toBeGreaterThanOrEqual(5_000_000);
    await clock.sleep(2000, never);
    expect(clock.now()).toBeGreaterThan(before);
    const control = new AbortController();
    const sleep = clock.sleep(1e9, control.signal);
    control.abort();
    await sleep;
  });

  test('drives a whole rollout', async () => {
    const sandbox = createSandbox({ clock: { speed: 100 } });
    await sandbox.apply([deployment('podinfo')]);
    await sandbox.until(() => read(sandbox, 'Deployment', 'podinfo').status.availableReplicas === 2);
    expect(sandbox.world.list('Pod', 'test')).toHaveLength(2);
  });
});

describe('a sandbox', () => {
  test('reaches the hosts of its world, and refuses others as a network does', async () => {
    const { world, http } = virtualSandbox();
    const named =
      (name: string): Send =>
      () =>
        Promise.resolve({ status: 200, headers: { name }, body: (async function* () {})() });
    world.hosts.set('prometheus:9090', named('port'));
    world.hosts.set('hooks', named('host'));
    world.hosts.set('*.test', named('suffix'));
    const reached = async (url: string): Promise<string | undefined> =>
      (await http({ method: 'GET', url, headers: {} }, never)).headers['name'];
    expect([await reached('http://prometheus:9090/-/ready'), await reached('http://hooks/x'), await reached('http://a.test:8080')]).toEqual(
      ['port', 'host', 'suffix'],
    );
    await expect(reached('http://prometheus:9091/')).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      message: 'connect ECONNREFUSED prometheus:9091',
    });
  });

  test('is a World, in a namespace', async () => {
    const sandbox = virtualSandbox();
    const world = sandbox.asWorld('test');
    expect(world.about).toEqual({ context: 'sandbox', user: 'ana', namespace: 'test' });
    expect((await client(world.api)('GET', '/version')).status).toBe(200);
    await world.close();
  });

  test('applies into namespaces that it makes, twice over', async () => {
    const sandbox = virtualSandbox();
    const object = { ...configMap('x', { a: '1' }), metadata: { name: 'x', namespace: 'new' } };
    await sandbox.apply([object]);
    await sandbox.apply([{ ...object, data: { a: '2' } }]);
    expect(sandbox.world.get('ConfigMap', 'new', 'x')).toMatchObject({ data: { a: '2' } });
    await expect(sandbox.apply([service('Bad', 'x')])).rejects.toThrow('422 Service "Bad" is invalid');
  });

  test('does not answer a request that was aborted before', async () => {
    const { api } = virtualSandbox();
    await expect(api({ method: 'GET', url: '/version', headers: {} }, AbortSignal.abort())).rejects.toThrow();
  });
});
