// Sequences of requests from a seed: mostly sensible ones, with what goes wrong between clients. It sends nothing.
import { isObject, mergePatch } from '../../../src/common/json.ts';
import type { Json, JsonObject } from '../../../src/contracts.ts';
import { CALM, undisturbedBy } from './calm-kinds.ts';
import { type PlayedKind, STIRRED } from './kinds.ts';
import { LABELS, NAMES, ODD_NEW, GOOD_CHANGE, ODD_CHANGE, UNREADABLE } from './metadata.ts';
import { looks, pathOf } from './looks.ts';
import { type Dice, dice } from './seeded.ts';
import type { Sequence, Step } from './step.ts';

export interface Turn {
  readonly kind: PlayedKind;
  readonly dice: Dice;
}

const MERGE = 'application/merge-patch+json';
const JSON_PATCH = 'application/json-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';

function merged(...parts: readonly Json[]): JsonObject {
  const whole = parts.reduce<Json>((sum, part) => mergePatch(sum, part), {});
  return isObject(whole) ? whole : {};
}

/** As a client writes it: with nulls where a fault says so. */
function overlaid(base: JsonObject, fault: JsonObject): JsonObject {
  const out = { ...base };
  for (const [key, value] of Object.entries(fault)) {
    const before = out[key];
    out[key] = isObject(value) && isObject(before) ? overlaid(before, value) : value;
  }
  return out;
}

function fresh({ kind, dice: d }: Turn, name: string): JsonObject {
  const labels = d.pick(LABELS);
  const metadata = { name, ...(labels === null ? {} : { labels }) };
  return merged({ apiVersion: kind.apiVersion, kind: kind.kind, metadata }, d.pick(kind.bodies));
}

/** A second manager's write that changes nothing may be kept in managedFields, under a new version: whoever creates is named, who changes is not. */
function queryOf(d: Dice, manager = ''): string {
  if (d.chance(0.06)) return '?dryRun=All';
  if (d.chance(0.05)) return `?fieldValidation=${d.pick(['Strict', 'Warn', 'Ignore', 'Odd'])}`;
  return d.chance(0.05) ? manager : '';
}

/** What controllers answer to is waited for. */
function quiet({ kind }: Turn, name: string): Pick<Step, 'quiet'> {
  return kind.isStirred ? { quiet: `${kind.plural}/${name}` } : {};
}

/** Asked for a Service without a name, the real server tries each of 65 000 addresses, for a minute, in which it hands out no other. */
function oddNew({ kind, dice: d }: Turn): JsonObject {
  const odd = d.pick(ODD_NEW);
  const { metadata } = odd;
  const isNameless =
    metadata === null || (isObject(metadata) && !metadata['generateName'] && (metadata['name'] === null || metadata['name'] === ''));
  return kind.kind === 'Service' && isNameless ? { metadata: { name: 'Bad_Name' } } : odd;
}

function create(turn: Turn): Step {
  const { dice: d } = turn;
  const name = d.pick(NAMES);
  const base = fresh(turn, name);
  const head = { method: 'POST', path: `${pathOf(turn.kind)}${queryOf(d, '?fieldManager=canary')}`, ...quiet(turn, name) } as const;
  if (d.chance(0.15)) return { ...head, body: overlaid(base, oddNew(turn)) };
  if (d.chance(0.15) && turn.kind.faults.length > 0) return { ...head, body: overlaid(base, d.pick(turn.kind.faults)) };
  if (d.chance(0.02))
    return { ...head, raw: d.pick(turn.kind.kind === 'Service' ? UNREADABLE.filter((text) => text !== 'null') : UNREADABLE) };
  if (d.chance(0.02)) return { ...head, body: base, type: d.pick(['text/plain', 'application/xml', 'nonsense']) };
  return { ...head, body: base };
}

/** Of a status only what a client may mean to change; of an object anything. */
function anyChange({ kind, dice: d }: Turn, sub = ''): JsonObject {
  if (sub !== '') return d.pick([...kind.changes, ...GOOD_CHANGE]);
  const roll = d.below(20);
  if (roll < 9) return d.pick(kind.changes);
  if (roll < 13) return d.pick(GOOD_CHANGE);
  if (roll < 16) return d.pick(ODD_CHANGE);
  return kind.faults.length > 0 ? d.pick(kind.faults) : d.pick(ODD_CHANGE);
}

/** Under what condition a write is sent: mostly the newest version, or one that is not so any more. */
function condition({ kind, dice: d }: Turn, name: string): JsonObject {
  const roll = d.below(12);
  const ref = `${kind.kind}/${name}`;
  if (roll < 3) return { metadata: { resourceVersion: `«rv:${ref}»` } };
  if (roll === 3) return { metadata: { resourceVersion: `«old:${ref}»` } };
  if (roll === 4) return { metadata: { uid: `«uid:${ref}»` } };
  if (roll === 5) return { metadata: { resourceVersion: '' } };
  return {};
}

function replace(turn: Turn): Step {
  const { kind, dice: d } = turn;
  const name = d.pick(NAMES);
  const sub = d.chance(0.1) && kind.subresources.length > 0 ? `/${d.pick(kind.subresources)}` : '';
  const head = { method: 'PUT', path: `${pathOf(kind)}/${name}${sub}${queryOf(d)}`, ...quiet(turn, name) } as const;
  if (sub === '/scale') return { ...head, body: scaleBody(turn, name) };
  if (d.chance(0.2)) return { ...head, body: merged(fresh(turn, name), condition(turn, name)) };
  const staleness = d.chance(0.25) ? { metadata: { resourceVersion: `«old:${kind.kind}/${name}»` } } : {};
  return { ...head, from: `${kind.kind}/${name}`, body: overlaid(overlaid({}, anyChange(turn, sub)), staleness) };
}

/**
 * Nobody makes pods for a paused Deployment; for a ReplicaSet somebody would. Sent 0 where 0 is, the real server writes managedFields anew, and with
 * them a version.
 */
function scaleBody({ kind, dice: d }: Turn, name: string): JsonObject {
  const metadata = { name, namespace: '«ns»', ...(d.chance(0.5) ? { resourceVersion: `«rv:${kind.kind}/${name}»` } : {}) };
  const isBad = d.chance(0.2) || kind.kind === 'ReplicaSet';
  return { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata, spec: { replicas: isBad ? -1 : 3 } };
}

function jsonPatch(turn: Turn, name: string): Json {
  const { kind, dice: d } = turn;
  const ref = `${kind.kind}/${name}`;
  const own = kind.jsonPatches ?? [];
  if (own.length > 0 && d.chance(0.5)) return d.pick(own);
  return d.pick<Json>([
    [
      { op: 'test', path: '/metadata/resourceVersion', value: `«rv:${ref}»` },
      { op: 'add', path: '/metadata/annotations', value: { j: 'p' } },
    ],
    [
      { op: 'test', path: '/metadata/resourceVersion', value: `«old:${ref}»` },
      { op: 'add', path: '/metadata/annotations', value: { j: 'q' } },
    ],
    [{ op: 'add', path: '/metadata/labels/app', value: 'y' }],
    [{ op: 'remove', path: '/metadata/labels/app' }],
    [{ op: 'replace', path: '/metadata/labels/none', value: 'x' }],
    [{ op: 'copy', from: '/metadata/name', path: '/metadata/labels/name' }],
    [{ op: 'move', from: '/metadata/labels', path: '/metadata/annotations' }],
    [{ op: 'odd', path: '/metadata/labels' }],
    [{ op: 'test', path: '/metadata/uid', value: 'wrong' }],
    { op: 'add', path: '/metadata/labels/app', value: 'y' },
    [],
  ]);
}

function patch(turn: Turn): Step {
  const { kind, dice: d } = turn;
  const name = d.pick(NAMES);
  const isSub = d.chance(0.1) && kind.subresources.length > 0;
  const sub = isSub ? `/${d.pick(kind.subresources)}` : '';
  const head = { method: 'PATCH', path: `${pathOf(kind)}/${name}${sub}${queryOf(d)}`, ...quiet(turn, name) } as const;
  if (sub === '/scale') return { ...head, type: MERGE, body: { spec: { replicas: kind.kind === 'ReplicaSet' ? -1 : 1 } } };
  if (d.chance(0.03)) return { ...head, type: d.pick(['application/json', 'text/plain', 'nonsense']), body: {} };
  if (d.chance(0.03)) return { ...head, type: d.pick([MERGE, JSON_PATCH, STRATEGIC]), raw: d.pick(UNREADABLE) };
  if (d.chance(0.25)) return { ...head, type: JSON_PATCH, body: jsonPatch(turn, name) };
  const strategic = kind.strategic ?? [];
  if (d.chance(0.35) && strategic.length > 0) return { ...head, type: STRATEGIC, body: overlaid(d.pick(strategic), condition(turn, name)) };
  return { ...head, type: d.chance(0.1) ? STRATEGIC : MERGE, body: overlaid(condition(turn, name), anyChange(turn, sub)) };
}

function remove({ kind, dice: d }: Turn): Step {
  const name = d.pick(NAMES);
  const ref = `${kind.kind}/${name}`;
  const head = { method: 'DELETE', path: `${pathOf(kind)}/${name}` } as const;
  const options = d.pick<JsonObject | null>([
    null,
    {},
    { propagationPolicy: 'Background' },
    { preconditions: { uid: `«uid:${ref}»` } },
    { preconditions: { uid: `«uid:${ref}»`, resourceVersion: `«rv:${ref}»` }, propagationPolicy: 'Background' },
    { preconditions: { resourceVersion: `«old:${ref}»` } },
    { preconditions: { uid: 'wrong' } },
    { dryRun: ['All'] },
    { propagationPolicy: 'Odd' },
    { gracePeriodSeconds: 0 },
  ]);
  if (d.chance(0.05)) return { ...head, path: `${head.path}?dryRun=All` };
  if (options === null) return head;
  return { ...head, body: { kind: 'DeleteOptions', apiVersion: 'v1', ...options } };
}

/** `stirred`: about the kinds that controllers write to. */
export function sequence(seed: number): Sequence {
  const d = dice(seed);
  const isStirred = seed % 8 === 0;
  const first = d.pick(isStirred ? STIRRED : CALM);
  const kinds = isStirred ? [first] : [first, d.pick(undisturbedBy(first))];
  const length = isStirred ? 1 + d.below(14) : 1 + d.below(50);
  const steps: Step[] = [];
  while (steps.length < length) {
    const turn = { kind: d.pick(kinds), dice: d };
    const roll = steps.length < 2 ? 0 : d.below(20);
    if (roll < 5) steps.push(create(turn));
    else if (roll < 8) steps.push(replace(turn));
    else if (roll < 12) steps.push(patch(turn));
    else if (roll < 14) steps.push(remove(turn));
    else steps.push(...looks(turn));
  }
  return { seed, steps: steps.slice(0, 50) };
}
