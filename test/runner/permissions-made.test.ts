// Copies of config that earlier versions of the files left behind: the Role of the new files does not hold them, so whoever has no more than that is
// told before the first write, and nothing is called gone that cannot be seen.
import { describe, expect, test } from '@jest/globals';
import yaml from 'js-yaml';
import type { Obj } from '../../src/contracts.ts';
import type { Send, Wire, WireReply } from '../../src/ports.ts';
import type { Allowance } from '../../src/sandbox/index.ts';
import { stage, type Ran, type RunOptions, type Stage } from '../support/stage.ts';
import { printedRules, rightFor } from './rights.ts';

type Kind = 'Secret' | 'ConfigMap';
const plurals = { Secret: 'secrets', ConfigMap: 'configmaps' } as const;
const kinds: readonly Kind[] = ['Secret', 'ConfigMap'];

/** `history`: how many revisions of the primary may be gone back to, and keep their copies. */
function files(app: { image: string; names?: Kind; history: number }): string {
  const envFrom = app.names ? { envFrom: [{ [app.names === 'Secret' ? 'secretRef' : 'configMapRef']: { name: 'settings' } }] } : {};
  const container = { name: 'app', image: app.image, ports: [{ name: 'http', containerPort: 9898 }], ...envFrom };
  const template = { metadata: { labels: { app: 'app' } }, spec: { containers: [container] } };
  const spec = { replicas: 1, revisionHistoryLimit: app.history, selector: { matchLabels: { app: 'app' } }, template };
  const canary = {
    provider: 'kubernetes',
    targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'app' },
    service: { port: 9898 },
    analysis: { interval: '10s', threshold: 2, iterations: 1 },
  };
  const data = app.names === 'Secret' ? { a: 'Yg==' } : { a: 'b' };
  const objects = [
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'app' }, spec },
    { apiVersion: 'flagger.app/v1beta1', kind: 'Canary', metadata: { name: 'app' }, spec: canary },
    ...(app.names ? [{ apiVersion: 'v1', kind: app.names, metadata: { name: 'settings' }, data }] : []),
  ];
  return objects.map((object) => yaml.dump(object)).join('---\n');
}

/** Bootstrapped with config; then the target names none any more, and the Role is that of the new files. */
async function dropped(names: Kind, history: number): Promise<Stage> {
  const at = await stage('test', files({ image: 'podinfo:3.1.0', names, history }), {});
  expect(told(await at.run()).exit).toBe(0);
  const next = files({ image: 'podinfo:3.1.1', history });
  const [target] = yaml.loadAll(next) as Obj[];
  if (!target) throw new Error('no Deployment');
  await at.sandbox.apply([{ ...target, metadata: { ...target.metadata, namespace: 'test' } }]);
  at.sandbox.world.allowed.push(...(await printedRules(next, 'test')));
  return at;
}

function named(at: Stage, kind: Kind): string[] {
  const all = at.sandbox.world.list(kind, 'test').map(({ metadata }) => metadata.name);
  return all.filter((name) => name.startsWith('settings')).sort();
}

function copyIn(at: Stage, kind: Kind): string {
  return named(at, kind).find((name) => name !== 'settings') ?? '';
}

function told({ outcomes: [outcome], notes }: Ran): { exit: number; text: string; notes: string } {
  return { exit: outcome?.exitCode ?? -1, text: `${outcome?.why}\n${outcome?.next}`, notes: notes.join('\n') };
}

async function tried(at: Stage, what: 'run' | 'remove', options: RunOptions = {}) {
  const sent: string[] = [];
  const api = (send: Send): Send => {
    const inner = options.api?.(send) ?? send;
    return (wire, signal) => {
      if (wire.method !== 'GET' && rightFor(wire)) sent.push(`${wire.method} ${wire.url}`);
      return inner(wire, signal);
    };
  };
  return { ...told(await at[what]({ ...options, api })), sent };
}

function line(kind: Kind, verbs: readonly string[], names: readonly string[]): string {
  const flow = (words: readonly string[]): string => `[${words.map((word) => `"${word}"`).join(', ')}]`;
  return `{apiGroups: [""], resources: ["${plurals[kind]}"], verbs: ${flow(verbs)}, resourceNames: ${flow(names)}} in a Role of namespace test`;
}

function allow(at: Stage, kind: Kind, verbs: string[], resourceNames: string[]): void {
  const rule: Allowance = { namespace: 'test', apiGroups: [''], resources: [plurals[kind]], verbs, resourceNames };
  at.sandbox.world.allowed.push(rule);
}

const knowing = 'or all but the rules for what earlier versions of the file left: canary rbac ';

describe('a Secret that the files name no more', () => {
  test('may not be read: the run ends with 4 before its first write, and says all that it takes in one go', async () => {
    const at = await dropped('Secret', 10);
    const copy = copyIn(at, 'Secret');
    const { exit, text, sent } = await tried(at, 'run');
    expect({ exit, sent }).toEqual({ exit: 4, sent: [] });
    expect(text).toContain(`not allowed to look at Secret ${copy}, Secret settings in namespace test`);
    expect(text.split('\n').filter((each) => each.includes('apiGroups'))).toEqual([
      line('Secret', ['get'], ['settings', copy].sort()),
      line('Secret', ['delete'], [copy]),
    ]);
    expect(text).toContain(knowing);
    allow(at, 'Secret', ['get'], ['settings', copy]);
    allow(at, 'Secret', ['delete'], [copy]);
    expect((await tried(at, 'run')).exit).toBe(0);
    expect((await tried(at, 'remove')).exit).toBe(0);
    expect(named(at, 'Secret')).toEqual(['settings']);
  });

  test('may not be read: a deletion does not take its copy for gone', async () => {
    const at = await dropped('Secret', 10);
    const copy = copyIn(at, 'Secret');
    const { exit, text, sent } = await tried(at, 'remove');
    expect({ exit, sent }).toEqual({ exit: 4, sent: [] });
    expect(text.split('\n').filter((each) => each.includes('apiGroups'))).toEqual([line('Secret', ['get', 'delete'], [copy])]);
    expect(named(at, 'Secret')).toEqual(['settings', copy]);
    allow(at, 'Secret', ['get', 'delete'], [copy]);
    expect((await tried(at, 'remove')).exit).toBe(0);
    expect(named(at, 'Secret')).toEqual(['settings']);
  });
});

describe('a ConfigMap that the files name no more', () => {
  test.each(['run', 'remove'] as const)('whose copy may not be taken away: %s ends with 4 before its first write', async (what) => {
    const at = await dropped('ConfigMap', 0);
    const copy = copyIn(at, 'ConfigMap');
    const { exit, text, sent } = await tried(at, what);
    expect({ exit, sent }).toEqual({ exit: 4, sent: [] });
    expect(text.split('\n').filter((each) => each.includes('apiGroups'))).toEqual([line('ConfigMap', ['delete'], [copy])]);
    expect(text).toContain(knowing);
    allow(at, 'ConfigMap', ['delete'], [copy]);
    expect((await tried(at, what)).exit).toBe(0);
    expect(named(at, 'ConfigMap')).toEqual(['settings']);
  });
});

test.each(kinds)('a %s whose copy is gone is asked for no more where it may be looked at', async (kind) => {
  const at = await dropped(kind, 10);
  const copy = copyIn(at, kind);
  const rules = at.sandbox.world.allowed.splice(0);
  expect((await tried(at, 'run')).exit).toBe(0);
  const url = `/api/v1/namespaces/test/${plurals[kind]}/${copy}`;
  expect((await at.sandbox.api({ method: 'DELETE', url, headers: {} }, new AbortController().signal)).status).toBe(200);
  at.sandbox.world.allowed.push(...rules);
  allow(at, kind, ['get'], ['settings', copy]);
  await at.sandbox.setImage('test', 'app', 'podinfo:3.1.2');
  expect((await tried(at, 'run')).exit).toBe(0);
  expect((await tried(at, 'remove')).exit).toBe(0);
});

function refusing(isMeant: (wire: Wire) => boolean): (send: Send) => Send {
  return (send) => async (wire, signal) => (isMeant(wire) ? refusal() : send(wire, signal));
}

function refusal(): WireReply {
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Forbidden', message: 'the hook says no', code: 403 };
  return { status: 403, headers: { 'content-type': 'application/json' }, body: one(JSON.stringify(status)) };
}

async function* one(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

describe('refused all the same', () => {
  const isSweep = ({ method, url }: Wire): boolean => method === 'DELETE' && url.includes('/settings-primary-');

  test.each(kinds)('a copy of a %s that stays is no reason to doubt a promotion', async (kind) => {
    const at = await dropped(kind, 0);
    const copy = copyIn(at, kind);
    at.sandbox.world.allowed.splice(0);
    const { exit, text, notes } = await tried(at, 'run', { api: refusing(isSweep) });
    expect({ exit, text }).toEqual({ exit: 0, text: expect.stringContaining('app.test is promoted') });
    expect(notes).toMatch(/copies of config that nobody names stay: .*the hook says no/);
    expect(named(at, kind)).toEqual(['settings', copy]);
    // The next release takes it along.
    await at.sandbox.setImage('test', 'app', 'podinfo:3.1.2');
    expect((await tried(at, 'run')).exit).toBe(0);
    expect(named(at, kind)).toEqual(['settings']);
  });

  test('in a deletion it is not given back', async () => {
    const at = await dropped('Secret', 0);
    at.sandbox.world.allowed.splice(0);
    const { exit, text } = await tried(at, 'remove', { api: refusing(isSweep) });
    expect(exit).toBeGreaterThan(0);
    expect(text).toContain('the hook says no');
  });
});
