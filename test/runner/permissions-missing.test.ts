// A rule taken away: told by name before the first write; and where a write is refused all the same, told then, with what to type.
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Send, Wire, WireReply } from '../../src/ports.ts';
import { permissions } from '../../src/runner/permissions.ts';
import { kitOf } from '../../src/kit.ts';
import { digest } from '../../src/runner/env.ts';
import type { Allowance, WorldSnapshot } from '../../src/sandbox/index.ts';
import type { Ran, Stage } from '../support/stage.ts';
import { grantsIn, grantText, inputOf, printedRules, push, rightFor, staging } from './rights.ts';

const name = 'seed0-promote';
const rules = grantsIn(await printedRules(inputOf(name), name));
const texts = [...new Set(rules.map(grantText))];

interface Prepared {
  at: Stage;
  steps: Parameters<typeof push>[1];
  empty: WorldSnapshot;
  standing: WorldSnapshot;
  uses: Map<string, string[]>;
}
let set: Prepared;

beforeAll(async () => {
  const { at, script } = await staging(name);
  const empty = at.sandbox.world.snapshot();
  await at.run();
  await push(at, script.steps);
  await at.sandbox.clock.sleep(5_000, new AbortController().signal);
  set = { at, steps: script.steps, empty, standing: at.sandbox.world.snapshot(), uses: usesOf(at) };
});

/** Whatever stands in the cluster: what each right is for. */
function usesOf({ canaries: [canary] }: Stage): Map<string, string[]> {
  const uses = new Map<string, string[]>();
  if (!canary) return uses;
  const kit = kitOf(canary, { noRetry: true, drain: 0, onInterrupt: 'park' }, digest);
  const found = { one: () => ({ is: 'absent' as const }), many: () => [] };
  for (const { group, resource, verb, for: use } of permissions(kit, { canary, found, digest, made: [] })) {
    const text = `${group ? `${resource}.${group}` : resource} ${verb}`;
    uses.set(text, [...(uses.get(text) ?? []), use]);
  }
  return uses;
}

function without(text: string): Allowance[] {
  return rules.filter((rule) => grantText(rule) !== text);
}

/** Part of names. */
function seedOf(text: string): string {
  return text.replace(/[^a-z]+/g, '-');
}

function lineFor(text: string): RegExp {
  const [resource = '', verb = ''] = text.split(' ');
  const [plural = '', ...group] = resource.split('.');
  const all = `apiGroups: ["${group.join('.')}"], resources: ["${plural}"], verbs: ["${verb}"]`;
  return new RegExp(all.replace(/[[\]]/g, '\\$&'));
}

function told({ outcomes: [outcome], notes }: Ran): { exit: number; text: string; notes: string } {
  return { exit: outcome?.exitCode ?? -1, text: `${outcome?.why}\n${outcome?.next}`, notes: notes.join('\n') };
}

/** Everything but questions. */
function writes(onto: string[]): (send: Send) => Send {
  return (send) => (wire, signal) => {
    if (wire.method !== 'GET' && rightFor(wire)) onto.push(`${wire.method} ${wire.url}`);
    return send(wire, signal);
  };
}

async function tried(text: string, from: WorldSnapshot, what: 'run' | 'remove'): Promise<ReturnType<typeof told> & { sent: string[] }> {
  set.at.sandbox.world.restore(from);
  set.at.sandbox.world.allowed.push(...without(text));
  const sent: string[] = [];
  const ran = await set.at[what]({ api: writes(sent), seed: seedOf(text) });
  return { ...told(ran), sent };
}

describe('a run finds out before its first write', () => {
  test.each(texts)('%s', async (text) => {
    const uses = set.uses.get(text) ?? [];
    const { exit, text: said, notes, sent } = await tried(text, set.empty, 'run');
    if (uses.includes('run')) {
      expect({ exit, sent }).toEqual({ exit: 4, sent: [] });
      expect(said).toMatch(lineFor(text));
      expect(said.match(/apiGroups/g)).toHaveLength(1);
      return;
    }
    // What only a deletion needs is none of its business; what it can do without is told, and that alone.
    expect(exit).toBe(0);
    const isComfort = uses.includes('comfort');
    expect(notes.match(/apiGroups/g) ?? []).toHaveLength(isComfort ? 1 : 0);
    if (isComfort) expect(notes).toMatch(lineFor(text));
  });

  test('and says what to type for all of it', async () => {
    const { text } = await tried('deployments.apps patch', set.empty, 'run');
    expect(text).toContain('or all that it takes: canary rbac canary.yaml');
  });
});

describe('a deletion finds out before its first write', () => {
  const deleted = texts.filter((text) => text.endsWith(' delete') && !text.startsWith('leases'));

  test('what it deletes', () => expect(deleted.length).toBeGreaterThanOrEqual(6));

  test.each(deleted)('%s', async (text) => {
    const { exit, text: said, sent } = await tried(text, set.standing, 'remove');
    expect({ exit, sent }).toEqual({ exit: 4, sent: [] });
    expect(said).toMatch(lineFor(text));
    expect(said).toContain('canary rbac FILE');
  });
});

function refusal({ verb, group, resource, name: of, namespace }: NonNullable<ReturnType<typeof rightFor>>): WireReply {
  const subject = `${group ? `${resource}.${group}` : resource}${of ? ` "${of}"` : ''}`;
  const message = `${subject} is forbidden: User "ana" cannot ${verb} resource "${resource}" in API group "${group}" in the namespace "${namespace}"`;
  const body = JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Forbidden', message, code: 403 });
  return { status: 403, headers: { 'content-type': 'application/json' }, body: one(body) };
}

async function* one(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

/** The list of rules said yes, the API server says no. */
function refusing(text: string, isMeant: (wire: Wire) => boolean = () => true): (send: Send) => Send {
  return (send) => async (wire, signal) => {
    const right = rightFor(wire);
    const isIt = right && `${right.group ? `${right.resource}.${right.group}` : right.resource} ${right.verb}` === text;
    return isIt && isMeant(wire) ? refusal(right) : send(wire, signal);
  };
}

function expectTheRule(ran: Ran, text: string): void {
  const { exit, text: said } = told(ran);
  expect(exit).toBeGreaterThan(0);
  expect(said).toMatch(lineFor(text));
  expect(said).toContain('as ana');
  expect(said).toContain('canary rbac FILE');
}

describe('a write that is refused all the same names the rule and what to type', () => {
  const created = texts.filter((text) => text.endsWith(' create') && !text.startsWith('events'));
  const patched = texts.filter((text) => text.endsWith(' patch') && !/^(events|leases|destinationrules|horizontal)/.test(text));
  const deleted = texts.filter((text) => text.endsWith(' delete') && !text.startsWith('leases'));

  test.each(created)('in bootstrap: %s', async (text) => {
    set.at.sandbox.world.restore(set.empty);
    expectTheRule(await set.at.run({ api: refusing(text), seed: seedOf(text) }), text);
  });

  test.each(patched)('at the start of a release, with a Service that leads elsewhere: %s', async (text) => {
    set.at.sandbox.world.restore(set.standing);
    const elsewhere = {
      metadata: { name: 'podinfo', namespace: name },
      spec: { selector: { app: 'podinfo' }, ports: [{ name: 'http', port: 9898 }] },
    };
    await set.at.sandbox.apply([{ apiVersion: 'v1', kind: 'Service', ...elsewhere }]);
    expectTheRule(await set.at.run({ api: refusing(text), seed: seedOf(text) }), text);
  });

  // Once traffic moves, no Service is written any more.
  const moving = patched.filter((text) => !text.startsWith('services'));

  test.each(moving)('in a release: %s', async (text) => {
    set.at.sandbox.world.restore(set.standing);
    let started = false;
    const onLine = (): void => void (started = true);
    expectTheRule(await set.at.run({ api: refusing(text, () => started), onLine, seed: seedOf(text) }), text);
  });

  test.each(deleted)('in a deletion: %s', async (text) => {
    set.at.sandbox.world.restore(set.standing);
    expectTheRule(await set.at.remove({ api: refusing(text), seed: seedOf(text) }), text);
  });
});
