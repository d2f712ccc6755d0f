// The rules about how a release is stepped: weights, iterations, mirror, match and session affinity, and whether the router can do it. Pure.
import { isObject } from '../common/json.ts';
import type { Path } from './path.ts';
import { routersThat } from './providers.ts';
import type { Abilities } from './providers.ts';
import { isGiven, isPresent, isSkipped, isTcp } from './ruling.ts';
import type { Ruling } from './ruling.ts';
import type { JsonObject } from './types.ts';

export function strategyRules(analysis: JsonObject, ruling: Ruling): void {
  rising(analysis, ruling.say);
  cookieNames(analysis, ruling);
  // Nothing else of it is used then, so nothing else of it can be wrong.
  if (isSkipped(ruling)) return;
  steps(analysis, ruling);
  mirror(analysis, ruling);
  match(analysis, ruling);
  affinity(analysis, ruling);
}

const weightFields = ['stepWeight', 'stepWeights'];

function steps(analysis: JsonObject, { provider, say, note }: Ruling): void {
  const given = weightFields.filter((name) => isGiven(analysis[name]));
  const iterations = isGiven(analysis['iterations']);
  const isSplitting = provider?.can.split !== false;
  if (given.length > 0 && iterations) {
    say(at('iterations'), `iterations (blue/green) and ${given.join(', ')} (weights) exclude each other; remove one of them`);
  } else if (given.length === 0 && !iterations) {
    const write = isSplitting ? 'stepWeight or stepWeights' : 'iterations';
    say(['spec', 'analysis'], `nothing says how to step; write ${write}. A Flagger controller would stay at weight 0 for ever`);
  } else if (!isSplitting) {
    for (const name of given)
      say(at(name), `the provider ${provider.id} cannot split traffic; write iterations (a Flagger controller would use 10)`);
  }
  if (given.length === 2) note(at('stepWeights'), 'only its last entry is used, as the maximum: stepWeight decides the steps');
  if (given.includes('stepWeights') && isGiven(analysis['maxWeight']))
    note(at('maxWeight'), 'not used: the last of stepWeights is the maximum');
  if (!iterations) return;
  for (const name of ['maxWeight', 'stepWeightPromotion'])
    if (isGiven(analysis[name])) note(at(name), 'not used beside iterations: blue/green moves all traffic at once');
}

function rising({ stepWeights }: JsonObject, say: Ruling['say']): void {
  if (!Array.isArray(stepWeights)) return;
  stepWeights.forEach((weight, index) => {
    const before = stepWeights[index - 1];
    if (typeof weight !== 'number' || typeof before !== 'number' || weight > before) return;
    say(['spec', 'analysis', 'stepWeights', index], `expected more than the weight before it (${before}), got ${weight}`);
  });
}

function mirror(analysis: JsonObject, ruling: Ruling): void {
  const { say, note } = ruling;
  const weight = analysis['mirrorWeight'];
  if (analysis['mirror'] !== true) {
    if (isPresent(weight)) note(at('mirrorWeight'), 'not used without mirror: true');
    return;
  }
  const wrong = cannot('mirror', ruling);
  const stuck = isGiven(analysis['iterations']) ? '' : ' (a Flagger controller would stay at weight 0 for ever)';
  if (wrong !== undefined) say(at('mirror'), `${wrong('mirror traffic')}${stuck}`);
  if (isGiven(analysis['match']) && isGiven(analysis['iterations']))
    note(at('mirror'), 'not used in A/B testing (match beside iterations)');
  else if (weight === 0) note(at('mirrorWeight'), '0 means 100, as in Flagger');
}

function match(analysis: JsonObject, ruling: Ruling): void {
  if (!isGiven(analysis['match'])) return;
  const { say, note, provider } = ruling;
  const wrong = cannot('match', ruling);
  if (!isGiven(analysis['iterations'])) {
    note(at('match'), 'not used without iterations: only A/B testing sends requests by what is in them');
  } else if (provider?.can.split === false) {
    note(at('match'), `not used by the provider ${provider.id}, which has no routes: this is a blue/green release, as in Flagger`);
  } else if (wrong !== undefined) {
    say(at('match'), wrong('send requests by what is in them (A/B testing)'));
  }
}

function affinity(analysis: JsonObject, ruling: Ruling): void {
  if (!isObject(analysis['sessionAffinity'])) return;
  const wrong = cannot('affinity', ruling);
  if (wrong !== undefined) ruling.say(at('sessionAffinity'), wrong('keep users on one side by cookie'));
  else if (isGiven(analysis['iterations'])) {
    ruling.note(at('sessionAffinity'), 'not used beside iterations: it belongs to weights');
  }
}

function cookieNames({ sessionAffinity }: JsonObject, { say }: Ruling): void {
  if (!isObject(sessionAffinity)) return;
  const { cookieName, primaryCookieName } = sessionAffinity;
  if (typeof cookieName !== 'string' || cookieName !== primaryCookieName) return;
  say(
    [...at('sessionAffinity'), 'primaryCookieName'],
    `the same as cookieName (${JSON.stringify(cookieName)}): one cookie cannot keep users on both sides`,
  );
}

/** The words for a router, or a TCP route, that cannot do this. */
function cannot(ability: keyof Abilities, ruling: Ruling): ((what: string) => string) | undefined {
  const { provider } = ruling;
  if (provider === undefined) return undefined;
  if (!provider.can[ability]) {
    return (what) => `the provider ${provider.id} cannot ${what}; remove it, or use a provider that can: ${routersThat(ability)}`;
  }
  return isTcp(ruling) ? (what) => `a TCP route (appProtocol tcp) cannot ${what}; remove it, or write appProtocol http` : undefined;
}

function at(name: string): Path {
  return ['spec', 'analysis', name];
}
