// What a run makes of a cluster, a rival or a screen that behaves badly on the way: where it ends, when, and that it wears nothing out.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { isObject } from '../../src/common/json.ts';
import type { State } from '../../src/core/types.ts';
import type { Send, Wire, WireReply } from '../../src/ports.ts';
import { run } from '../../src/runner/run.ts';
import type { Reporter } from '../../src/runner/types.ts';
import { killAt } from '../faults/kill.ts';
import { once, readAll } from '../faults/log.ts';
import { signals, stage, staged, type Ran, type RunOptions, type Stage } from '../support/stage.ts';

const input = readFileSync(join(import.meta.dirname, '../parity/recordings/seed2-reviews/input.yaml'), 'utf8');
const good = { queries: [['histogram_quantile', 0.12] as [string, number], ['', 99.9] as [string, number]] };
const second = 1000;
const never = new AbortController().signal;
const route = /virtualservices\/reviews$/;

/** Bootstrapped, with a new revision on the target. */
async function revised(): Promise<Stage> {
  const at = await stage('test', input, good);
  await at.run({ seed: 'bootstrap' });
  await at.sandbox.setImage('test', 'reviews', 'podinfo:3.1.1');
  return at;
}

function isWrite({ method, url }: Wire): boolean {
  return method !== 'GET' && !url.includes('selfsubject');
}

function isRouting({ method, url, body }: Wire): boolean {
  return method === 'PATCH' && route.test(url) && (body ?? '').includes('"http"');
}

function refusal(code: number, message: string): WireReply {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, reason: 'Scripted', message };
  return { status: code, headers: { 'content-type': 'application/json' }, body: once(new TextEncoder().encode(JSON.stringify(status))) };
}

function recordOf(at: Stage): State | undefined {
  const data = at.sandbox.world.get('ConfigMap', 'test', 'canary-deployment-reviews')?.['data'];
  return isObject(data) ? (JSON.parse(String(data['state'])) as State) : undefined;
}

function weights(at: Stage): string[] {
  const spec = JSON.stringify(at.sandbox.world.get('VirtualService', 'test', 'reviews')?.['spec']);
  return [...spec.matchAll(/"weight":(\d+)/g)].map(([, weight]) => weight ?? '');
}

function image(at: Stage, deployment: string): string | undefined {
  return /"image":"([^"]+)"/.exec(JSON.stringify(at.sandbox.world.get('Deployment', 'test', deployment)?.['spec']))?.[1];
}

/** One run, what it wrote, and how long it took in the sandbox's time. */
async function timed(at: Stage, options: RunOptions): Promise<Ran & { exit: number; why: string; took: number; writes: Wire[] }> {
  const { clock } = at.sandbox;
  const begun = clock.now();
  const writes: Wire[] = [];
  const listening = (send: Send): Send => {
    return (wire, signal) => {
      if (isWrite(wire)) writes.push(wire);
      return send(wire, signal);
    };
  };
  const ran = await at.run({ ...options, api: (send) => listening(options.api?.(send) ?? send) });
  const [outcome] = ran.outcomes;
  if (!outcome) throw new Error('no outcome');
  return { ...ran, exit: outcome.exitCode, why: outcome.why, took: clock.now() - begun, writes };
}

/** `fault` holds from when a line with `text` was said. */
function from(text: string, fault: (send: Send) => Send): Pick<RunOptions, 'api' | 'onLine'> {
  let begun = false;
  return {
    api: (send) => {
      const faulty = fault(send);
      return (wire, signal) => (begun ? faulty : send)(wire, signal);
    },
    onLine: (line) => {
      if (line.text.endsWith(text)) begun = true;
    },
  };
}

describe('a write that is answered 500 for ever', () => {
  const failing =
    (isMeant: (wire: Wire) => boolean) =>
    (send: Send): Send =>
    async (wire, signal) =>
      isMeant(wire) ? refusal(500, 'failed calling webhook') : send(wire, signal);

  test.each([
    ['of the route', isRouting],
    ['whatever it writes', isWrite],
  ])('%s: ends unconfirmed, within the patience with a silent cluster and one more try', async (_, isMeant) => {
    const at = await revised();
    const ran = await timed(at, from('weight 20', failing(isMeant)));
    expect(ran.exit).toBe(20);
    expect(ran.why).toContain('the cluster has not answered for 10 minutes');
    expect(ran.took).toBeLessThan(750 * second);
    expect(ran.notes.filter((note) => note.startsWith('the cluster does not answer'))).toHaveLength(1);
    expect(weights(at)).toEqual(['80', '20']);
  });

  test('does not make the run deaf to --timeout: the way home is begun, and kept for the next run', async () => {
    const at = await revised();
    const ran = await timed(at, { ...from('weight 20', failing(isRouting)), timeout: 200 * second });
    expect(ran.exit).toBe(20);
    expect(recordOf(at)?.home).toEqual({ by: 'timeout', why: '--timeout of 200s reached' });
    const next = await timed(at, { takeover: true });
    expect(next.exit).toBe(13);
    expect(weights(at)).toEqual(['100', '0']);
  });

  test('with nothing to bring home, --timeout ends it as rolled back', async () => {
    const at = await revised();
    const ran = await timed(at, { api: failing(isRouting), timeout: 200 * second });
    expect(ran.exit).toBe(13);
    expect(ran.took).toBeLessThan(400 * second);
    expect(weights(at)).toEqual(['100', '0']);
  });
});

describe('a write that is not answered for more than a minute, and then the cluster answers again', () => {
  /** What becomes of the writes of the route in the first 100 seconds; each resolves to what the API server said, once it was asked. */
  type Fate = (send: Send, wire: Wire) => Promise<unknown>;

  function silentFor(at: Stage, fate: Fate): RunOptions {
    let until: number | undefined;
    return {
      api: (send) => async (wire, signal) => {
        const now = at.sandbox.clock.now();
        if (isRouting(wire)) until ??= now + 100 * second;
        if (!isRouting(wire) || now >= (until ?? 0)) return send(wire, signal);
        await fate(send, wire);
        throw new Error('the connection was reset before the answer came');
      },
    };
  }

  async function goesOn(at: Stage, fate: Fate): Promise<void> {
    const before = recordOf(at)?.epoch ?? 0;
    const ran = await timed(at, silentFor(at, fate));
    expect(ran.outcomes[0]?.result).toEqual({ is: 'promoted' });
    expect(ran.exit).toBe(0);
    // One for this run, and one more for each time it took over from itself.
    expect(recordOf(at)?.epoch).toBeGreaterThan(before + 1);
    expect(recordOf(at)).toMatchObject({ phase: 'Succeeded', driver: '' });
    expect(image(at, 'reviews-primary')).toBe('podinfo:3.1.1');
    expect(weights(at)).toEqual(['100', '0']);
    const weight = /canary weight (\d+)$/;
    expect(ran.lines.flatMap((line) => weight.exec(line)?.[1] ?? [])).toEqual(['10', '20', '30', '40', '50']);
  }

  test('goes on under a higher epoch, and ends promoted, where it never arrived', async () => {
    await goesOn(await revised(), () => Promise.resolve());
  });

  test('the same where it was carried out', async () => {
    await goesOn(await revised(), async (send, wire) => readAll((await send(wire, never)).body));
  });

  test('the same where it lands after we took over from ourselves: it is refused then', async () => {
    const at = await revised();
    const late: Promise<number>[] = [];
    await goesOn(at, async (send, wire) => {
      late.push(at.sandbox.clock.sleep(90 * second, never).then(async () => (await send(wire, never)).status));
    });
    const answers = await Promise.all(late);
    expect(answers.length).toBeGreaterThan(10);
    expect(new Set(answers)).toEqual(new Set([409]));
  });
});

describe('the record is deleted on the way', () => {
  test('the run stops at once, for a person: nobody drives any more', async () => {
    const at = await revised();
    const path = '/api/v1/namespaces/test/configmaps/canary-deployment-reviews';
    const later: Wire[] = [];
    let gone = false;
    const api = (send: Send): Send => {
      return async (wire, signal) => {
        if (gone && isWrite(wire) && !wire.url.includes('/leases')) later.push(wire);
        return send(wire, signal);
      };
    };
    const onLine = ({ text }: { text: string }): void => {
      if (!text.endsWith('weight 20')) return;
      gone = true;
      void at.sandbox.api({ method: 'DELETE', url: path, headers: {} }, never);
    };
    const ran = await timed(at, { api, onLine });
    expect(ran.exit).toBe(20);
    expect(ran.why).toContain('the record was deleted; the canary was meant to have 20 %. Run it again');
    expect(later.filter(({ url }) => /deployments|services|virtualservices/.test(url))).toEqual([]);
    expect(weights(at)).toEqual(['80', '20']);
    expect(recordOf(at)).toBeUndefined();
  });
});

describe('a screen that is gone', () => {
  const boom = (): never => {
    throw new Error('write EPIPE');
  };

  function deaf(at: Stage, reporter: Partial<Reporter>): Stage {
    return staged(at, async (request) => {
      // A run that fails here must not live on in the sandbox's time.
      const killer = killAt(Infinity, 'before');
      const world = { ...request.world, api: killer.wrap(request.world.api), clock: killer.clock(request.world.clock) };
      return run({ ...request, world, reporter: { ...request.reporter, ...reporter } }).finally(() => killer.kill());
    });
  }

  test.each<[string, Partial<Reporter>]>([
    ['for events', { event: boom }],
    ['for notes', { note: boom }],
    ['for results', { result: boom }],
    ['for everything', { event: boom, note: boom, result: boom }],
  ])('%s changes nothing: the release is promoted', async (_, reporter) => {
    const at = await revised();
    const [outcome] = (await deaf(at, reporter).run()).outcomes;
    expect(outcome).toMatchObject({ exitCode: 0, result: { is: 'promoted' } });
    expect(weights(at)).toEqual(['100', '0']);
  });

  test('nor while an orphan is waited for, which is told in notes', async () => {
    const at = await revised();
    await orphaned(at, 'weight 20');
    const [outcome] = (await deaf(at, { note: boom }).run()).outcomes;
    expect(outcome).toMatchObject({ exitCode: 0, result: { is: 'promoted' } });
  });

  test('nor while the cluster does not answer, which is told in notes', async () => {
    const at = await revised();
    let until: number | undefined;
    const api = (send: Send): Send => {
      return async (wire, signal) => {
        const now = at.sandbox.clock.now();
        if (isRouting(wire)) until ??= now + 100 * second;
        if (isWrite(wire) && now < (until ?? 0)) throw new Error('connect ECONNREFUSED');
        return send(wire, signal);
      };
    };
    const [outcome] = (await deaf(at, { note: boom }).run({ api })).outcomes;
    expect(outcome).toMatchObject({ exitCode: 0, result: { is: 'promoted' } });
  });
});

/** A run that dies, as a process does, when a line with `text` was said. */
async function orphaned(at: Stage, text: string): Promise<void> {
  const killer = killAt(Infinity, 'before');
  const dead = new Promise((resolve) => killer.onDeath(() => resolve(undefined)));
  const onLine = (line: { text: string }): void => (line.text.endsWith(text) ? killer.kill() : undefined);
  await Promise.race([at.run({ seed: 'dead', api: (send) => killer.wrap(send), clock: (clock) => killer.clock(clock), onLine }), dead]);
}

describe('a rival that takes the apex back at once after each write', () => {
  const apex = '/api/v1/namespaces/test/services/reviews';

  function rival(at: Stage): { api: (send: Send) => Send; writes: number[] } {
    const writes: number[] = [];
    const headers = { 'content-type': 'application/merge-patch+json' };
    const back = { method: 'PATCH', url: apex, headers, body: JSON.stringify({ spec: { selector: { app: 'reviews' } } }) } as const;
    const api = (send: Send): Send => {
      return async (wire, signal) => {
        const reply = await send(wire, signal);
        if (isWrite(wire)) writes.push(at.sandbox.clock.now());
        if (wire.method === 'PATCH' && wire.url === apex) await readAll((await send(back, never)).body);
        return reply;
      };
    };
    return { api, writes };
  }

  function mostWithin(times: readonly number[], span: number): number {
    return Math.max(...times.map((begun) => times.filter((at) => at >= begun && at < begun + span).length));
  }

  test.each([
    ['at rest', false],
    ['with a revision to analyse', true],
  ])('%s: is answered with no more than 60 writes in 10 s, and ends by --timeout', async (_, revision) => {
    const at = revision ? await revised() : await stage('test', input, good);
    if (!revision) await at.run({ seed: 'bootstrap' });
    const { api, writes } = rival(at);
    const headers = { 'content-type': 'application/merge-patch+json' };
    await at.sandbox.api({ method: 'PATCH', url: apex, headers, body: '{"spec":{"selector":{"app":"reviews"}}}' }, never);
    const ran = await timed(at, { api, timeout: 120 * second });
    expect(mostWithin(writes, 10 * second)).toBeLessThanOrEqual(60);
    expect(writes.length).toBeGreaterThan(100);
    expect(ran.exit).toBe(20);
    expect(ran.notes.join('\n')).not.toContain('bug of canary');
  });
});

describe('Ctrl-C before the lock', () => {
  async function stoppedAt(
    at: Stage,
    isMoment: (wire: Wire, no: number) => boolean,
  ): Promise<Ran & { exit: number; why: string; writes: Wire[] }> {
    const sent = signals();
    let no = 0;
    const api = (send: Send): Send => {
      return (wire, signal) => {
        if (isMoment(wire, ++no)) sent.send('SIGINT');
        return send(wire, signal);
      };
    };
    return timed(at, { api, signals: sent });
  }

  test.each([1, 2, 3, 5, 8, 11])('at request %d of a first run: writes nothing', async (moment) => {
    const at = await stage('test', input, good);
    const ran = await stoppedAt(at, (_, no) => no === moment);
    expect(ran.writes).toEqual([]);
    expect(ran.outcomes[0]?.result).toEqual({ is: 'parked', by: 'SIGINT', traffic: 'as-is' });
    expect(ran.exit).toBe(130);
    expect(recordOf(at)).toBeUndefined();
  });

  test('before a revision is begun: writes nothing, and the next run begins it', async () => {
    const at = await revised();
    const before = recordOf(at);
    const ran = await stoppedAt(at, ({ url }) => url.includes('selfsubjectrulesreviews'));
    expect(ran.writes).toEqual([]);
    expect(ran.exit).toBe(130);
    expect(recordOf(at)).toEqual(before);
    expect((await timed(at, {})).exit).toBe(0);
  });

  test('while it is seen whether the last driver lives: writes nothing, and says whose traffic stands', async () => {
    const at = await revised();
    await orphaned(at, 'weight 20');
    const before = recordOf(at);
    const ran = await stoppedAt(at, ({ url }) => url.includes('/leases/'));
    expect(ran.writes).toEqual([]);
    expect(ran.exit).toBe(20);
    expect(ran.why).toContain(
      'before it was known whether dead@test still drives: nothing was changed, traffic stands as that run left it',
    );
    expect(ran.outcomes[0]?.next).toBe('canary heal -n test');
    expect(recordOf(at)).toEqual(before);
    expect(weights(at)).toEqual(['80', '20']);
  });
});

describe('a write of bootstrap that is forbidden', () => {
  const denied =
    (isMeant: (wire: Wire) => boolean) =>
    (send: Send): Send => {
      return async (wire, signal) => (isMeant(wire) ? refusal(403, 'exceeded quota: compute') : send(wire, signal));
    };

  test.each<[string, (wire: Wire) => boolean]>([
    ['the primary', ({ method, url }) => method === 'POST' && url.endsWith('/deployments')],
    ['a Service', ({ method, url }) => method === 'POST' && url.endsWith('/services')],
    ['the route', ({ method, url }) => method === 'POST' && url.endsWith('/virtualservices')],
  ])('%s: exit 4, the record is released, and the next run need not wait', async (_, isMeant) => {
    const at = await stage('test', input, good);
    const ran = await timed(at, { api: denied(isMeant) });
    expect(ran.exit).toBe(4);
    expect(ran.why).toContain('exceeded quota: compute');
    expect(recordOf(at)).toMatchObject({ phase: 'Initializing', driver: '' });
    const next = await timed(at, {});
    expect(next.exit).toBe(0);
    expect(next.outcomes[0]?.result).toEqual({ is: 'initialized' });
    expect(next.notes.filter((note) => note.includes('alive'))).toEqual([]);
  });
});

describe('an odd Date header', () => {
  const day = 86_400_000;

  /** Every line with its time, and how long it took. `odd`: which answers carry a Date that is off by so much. */
  async function told(odd: (no: number) => number): Promise<unknown> {
    const at = await revised();
    let no = 0;
    const api = (send: Send): Send => {
      return async (wire, signal) => {
        const reply = await send(wire, signal);
        const off = odd(++no);
        const date = new Date(Date.parse(reply.headers['date'] ?? '') + off).toUTCString();
        return off ? { ...reply, headers: { ...reply.headers, date } } : reply;
      };
    };
    const said: string[] = [];
    const { exit, took, writes } = await timed(at, {
      seed: 'same',
      api,
      onLine: ({ at: time, text }) => void said.push(`${time} ${text}`),
    });
    return { exit, took, said, writes: writes.map(({ method, url }) => `${method} ${url}`), requests: no };
  }

  test.each([
    ['a day ahead', day],
    ['a day behind', -day],
  ])('%s, once, changes nothing, whenever it comes', async (_, off) => {
    const undisturbed = await told(() => 0);
    expect(undisturbed).toMatchObject({ exit: 0 });
    for (const moment of [40, 80, 120]) expect(await told((no) => (no === moment ? off : 0))).toEqual(undisturbed);
  });
});
