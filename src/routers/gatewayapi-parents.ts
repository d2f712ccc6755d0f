// What an HTTPRoute hangs on and answers to: its Gateways, its host names, and what the Gateways say of it. On a route that a user made, what the
// user had stays. Must not look at rules.
import { cleanText } from '../common/clean.ts';
import { listAt, numberAt, objectAt, textAt } from '../common/dig.ts';
import { isOurs } from '../common/metadata.ts';
import type { Canary, Json, JsonObject, Obj } from '../contracts.ts';

/** Host names and Gateways for the spec; null: not there. On ours the file is followed exactly. */
export function reachOf(canary: Canary, existing: Obj | undefined): JsonObject {
  const hosts = [...new Set(canary.service.hosts)];
  const wanted = parentsOf(canary);
  if (!existing || isOurs(existing)) return { parentRefs: wanted, hostnames: hosts.length ? hosts : null };
  const refs = listAt(existing, 'spec', 'parentRefs');
  const missing = wanted.filter((ref) => !refs.some((had) => isCovered(ref, had, canary)));
  const names = listAt(existing, 'spec', 'hostnames');
  const more = hosts.filter((host) => !names.includes(host));
  return {
    ...(missing.length ? { parentRefs: [...refs, ...missing] } : {}),
    // None at all are all those of the Gateway.
    ...(names.length && more.length ? { hostnames: [...names, ...more] } : {}),
  };
}

/** With all that the API server would add. */
function parentsOf({ service }: Canary): JsonObject[] {
  return (service.gatewayRefs ?? []).map((ref) => ({ group: 'gateway.networking.k8s.io', kind: 'Gateway', ...ref }));
}

function sameParent(a: JsonObject, b: Json, { namespace }: Canary): boolean {
  const keyOf = (ref: Json): string =>
    [
      textAt(ref, 'group') ?? 'gateway.networking.k8s.io',
      textAt(ref, 'kind') ?? 'Gateway',
      textAt(ref, 'namespace') ?? namespace,
      textAt(ref, 'name'),
    ].join('/');
  return keyOf(a) === keyOf(b);
}

/** The server refuses a Gateway as a whole beside a part of the same Gateway. */
export function isCovered(wanted: JsonObject, had: Json, canary: Canary): boolean {
  return sameParent(wanted, had, canary) && (isWhole(wanted) || isWhole(had) || samePart(wanted, had));
}

function isWhole(ref: Json): boolean {
  return textAt(ref, 'sectionName') === undefined && numberAt(ref, 'port') === undefined;
}

function samePart(a: Json, b: Json): boolean {
  return textAt(a, 'sectionName') === textAt(b, 'sectionName') && numberAt(a, 'port') === numberAt(b, 'port');
}

/** What a Gateway of the file's has against the route as it stands. A Gateway that says nothing has nothing against it. Of one for which several
 *  controllers speak, one that is content is enough: words of a controller that is gone stay there for ever. */
export function objection(route: Obj, canary: Canary): string | undefined {
  const generation = route.metadata.generation ?? 0;
  const said = listAt(route, 'status', 'parents');
  for (const ref of parentsOf(canary)) {
    for (const words of byPart(said.filter((each) => isCovered(ref, objectAt(each, 'parentRef'), canary)))) {
      const against = words.map((each) => objectionIn(each, generation));
      if (against.every((each) => each !== undefined)) return `${textAt(ref, 'kind')} ${textAt(ref, 'name')} ${against[0]}`;
    }
  }
  return undefined;
}

/** What was said of one listener or port belongs together. */
function byPart(words: readonly Json[]): Json[][] {
  const parts: Json[][] = [];
  for (const each of words) {
    const part = parts.find(([first = null]) => samePart(objectAt(first, 'parentRef'), objectAt(each, 'parentRef')));
    if (part) part.push(each);
    else parts.push([each]);
  }
  return parts;
}

/** Only of Accepted: ResolvedRefs is said of the route as a whole, so it is False also where a rule of others names a Service that is gone. */
function objectionIn(words: Json, generation: number): string | undefined {
  const accepted = listAt(words, 'conditions').find((each) => textAt(each, 'type') === 'Accepted');
  const seen = numberAt(accepted, 'observedGeneration') ?? generation;
  if (seen < generation) return `has not taken up generation ${generation} yet (${seen} so far)`;
  return accepted !== undefined && textAt(accepted, 'status') !== 'True' ? `has not accepted it${reasonOf(accepted)}` : undefined;
}

function reasonOf(condition: Json | undefined): string {
  const said = [textAt(condition, 'reason'), textAt(condition, 'message')].filter((each) => each !== undefined && each !== '');
  return said.length ? `: ${cleanText(said.join(', '), 160)}` : '';
}
