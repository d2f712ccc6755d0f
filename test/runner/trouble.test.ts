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
  return method !== 'GET' && !url.includes('selfsubjectaccessreviews');
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

describe('writes of the route that are answered 500 for ever', () => {
  const broken = (send: Send): Send => {
    return async (wire, signal) => (isRouting(wire) ? refusal(500, 'failed calling webhook') : send(wire, signal));
  };

  test('end the run unconfirmed, within the patience with a silent cluster and one more try', async () => {
    const at = await revised();
    const ran = await timed(at, { api: broken });
    expect(ran.exit).toBe(20);
    expect(ran.why).toContain('the cluster has not answered for 10 minutes');
    expect(ran.took).toBeLessThan(750 * second);
    expect(ran.notes.filter((note) => note.startsWith('the cluster does not answer'))).toHaveLength(1);
    expect(weights(at)).toEqual(['100', '0']);
  });

  test('do not make the run deaf to --timeout: the way home is begun, and kept for the next run', async () => {
    const at = await revised();
    const ran = await timed(at, { api: broken, timeout: 200 * second });
    expect(ran.exit).toBe(13);
    expect(ran.lines).toContain('Warning Rolling back reviews.test --timeout of 200s reached');
    expect(ran.took).toBeLessThan(400 * second);
  });
});
