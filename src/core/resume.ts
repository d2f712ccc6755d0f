// How a run begins: the state where there is no record, and what a driver that takes the record over goes on from.
import { equal, isObject } from '../common/json.ts';
import type { Traffic } from '../contracts.ts';
import type { Canary, JsonObject } from '../spec/types.ts';
import { isAnalysing, without } from './pass.ts';
import { homeOf } from './traffic.ts';
import type { Kit, State } from './types.ts';

export interface Driver {
  now: number;
  nonce: string;
  epoch: number;
  driver: string;
  host: string;
}

/** Before anything was done. Also where the record was deleted: bootstrap finds what stands and takes it from there. */
export function firstState(kit: Kit, who: Driver): State {
  return {
    schema: 1,
    canary: kit.canary.name,
    epoch: who.epoch,
    driver: who.driver,
    host: who.host,
    run: who.nonce,
    phase: 'Initializing',
    since: who.now,
    traffic: { kind: 'split', canary: 0 },
    check: { no: 0, dueAt: who.now },
    failedChecks: 0,
    iterations: 0,
    passed: [],
    revision: '',
    promoted: '',
    owed: [],
    heard: [],
  };
}

/** Whether a run that goes on from `saved` would do otherwise than one that goes on from `next`. Both read the route back themselves, and give it its
 *  whole time again. */
export function saysMore(next: State, saved: State): boolean {
  return next !== saved && !equal(lasting(next), lasting(saved));
}

function lasting(state: State): State {
  return { ...without(state, 'at', 'unrouted'), check: { ...state.check, dueAt: 0 } };
}

/** What was read back or waited for counts anew: nobody watched in between. Which questions were answered stays. */
export function resumed(kit: Kit, last: { state: State; spec: JsonObject }, who: Driver): State {
  const { state, spec } = last;
  const left = without(state, 'parked', 'waiting', 'at', 'unrouted', 'closing');
  const traffic = kit.canary.affinity ? state.traffic : withoutCookies(state.traffic);
  const taken: State = { ...left, traffic, epoch: who.epoch, driver: who.driver, host: who.host };
  // The way back has its whole time again.
  if (state.home) return { ...taken, since: who.now };
  if (!isAnalysing(state.phase) || !analysisChanged(spec, keepable(kit.canary))) return taken;
  return {
    ...without(taken, 'gate'),
    phase: 'Progressing',
    run: who.nonce,
    traffic: homeOf({ kit, state: taken }),
    check: { no: 0, dueAt: who.now },
    failedChecks: 0,
    iterations: 0,
    passed: [],
  };
}

/** Session affinity was taken out of the file. */
function withoutCookies(traffic: Traffic): Traffic {
  return traffic.kind === 'split' ? { kind: 'split', canary: traffic.canary } : traffic;
}

/** Strategy, metrics or hooks differ from what the record was driven with: what was checked no longer proves anything. */
function analysisChanged(before: JsonObject, after: JsonObject): boolean {
  const parts = ['maxWeight', 'stepWeight', 'stepWeights', 'iterations', 'metrics', 'webhooks', 'match', 'mirror', 'mirrorWeight'];
  const pick = (source: JsonObject): JsonObject => {
    const spec = isObject(source['spec']) ? source['spec'] : {};
    const analysis = isObject(spec['analysis']) ? spec['analysis'] : isObject(spec['canaryAnalysis']) ? spec['canaryAnalysis'] : {};
    return Object.fromEntries(parts.map((part) => [part, analysis[part] ?? null]));
  };
  return isObject(before['spec']) && !equal(pick(before), pick(after));
}

/** What must not change between runs without `delete`: the words name the field. */
export function movedField(before: JsonObject, after: JsonObject): string | undefined {
  const at = (source: JsonObject, path: string): unknown =>
    path.split('.').reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), source);
  if (!isObject(before['spec'])) return undefined;
  return ['spec.provider', 'spec.service.name', 'spec.targetRef'].find((path) => !equal(at(before, path) ?? null, at(after, path) ?? null));
}

/** The spec as it may be kept: with the provider and the name that flags and defaults have chosen, without what URLs carry in their userinfo. */
export function keepable({ source, provider, mesh, service }: Canary): JsonObject {
  const spec = isObject(source['spec']) ? source['spec'] : {};
  const own = isObject(spec['service']) ? spec['service'] : {};
  const text = JSON.stringify({
    ...source,
    spec: { ...spec, provider: mesh === undefined ? provider : `${provider}:${mesh}`, service: { ...own, name: service.name } },
  });
  return JSON.parse(text.replace(/(\/\/)[^/@"\s\\]+@/g, '$1')) as JsonObject;
}
