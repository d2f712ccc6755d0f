// The target kind Deployment: its primary is a second Deployment, `<target>-primary`. Objects in, changes out; must not move traffic.
import { dig, textAt } from '../common/dig.ts';
import { canonical, equal } from '../common/json.ts';
import { problemOf, unreachable } from '../common/look.ts';
import type { Change, Ctx, Json, Need, Obj, Problem, Ref, Side, Target, Touch } from '../contracts.ts';
import { configNeeds, configProblems, configTouches, sweptConfig } from './deployment-config.ts';
import { givenBack, refreshed } from './deployment-give-back.ts';
import { imageChange } from './deployment-image.ts';
import {
  deploymentOf,
  historyNeed,
  labelIn,
  matchLabels,
  selectorLabels,
  selectorOf,
  sideRef,
  wantedReplicas,
} from './deployment-objects.ts';
import { discoveredPorts } from './deployment-ports.ts';
import { bringPrimary } from './deployment-primary.ts';
import { readiness, readyReplicas } from './deployment-ready.ts';
import { pastRevision, revisionOf, templateOf } from './deployment-revision.ts';

/** What Kubernetes allows a label's value. */
const longestLabel = 63;

export const deployment: Target = {
  ids: ['Deployment'],
  touches,
  needs,
  drives: bothSides,
  check,
  revision: revisionOf,
  selector: selectorOf,
  primary: bringPrimary,
  past: pastRevision,
  risky,
  scale: (c, side, to) => (to === 'zero' ? scaledDown(c, side) : scaledUp(c, side, to.atLeast)),
  image: imageChange,
  verdict: readiness,
  ports: discoveredPorts,
  refresh: refreshed,
  sweep: sweptConfig,
  giveBack: givenBack,
  ready: (c, side) => readyReplicas(deploymentOf(c, side)),
  wanted: (c, side) => wantedReplicas(deploymentOf(c, side)),
};

function touches(c: Ctx): Touch[] {
  return [{ group: 'apps', resource: 'replicasets', verbs: ['list', 'watch'] }, ...configTouches(c)];
}

function bothSides(c: Ctx): Ref[] {
  return [sideRef(c.canary, 'canary'), sideRef(c.canary, 'primary')];
}

function needs(c: Ctx): Need[] {
  const primary = deploymentOf(c, 'primary');
  return [...bothSides(c), ...(primary ? [historyNeed(primary)] : []), ...configNeeds(c)];
}

function check(c: Ctx): Problem[] {
  const ref = sideRef(c.canary, 'canary');
  const closed = bothSides(c).flatMap((side) => unreachable(c, side) ?? []);
  if (closed.length) return closed;
  const named = `deployment ${ref.name}.${c.canary.namespace}`;
  const target = deploymentOf(c, 'canary');
  if (!target) return [problemOf(ref, `${named} is not there`)];
  const label = labelIn(matchLabels(target));
  if (!label) return [problemOf(ref, `${named} spec.selector.matchLabels must contain one of [${selectorLabels.join(' ')}]`)];
  const value = `${label.value}-primary`;
  if (value.length > longestLabel)
    return [problemOf(ref, `label ${label.key}=${value} of the primary would be longer than ${longestLabel} characters`)];
  const template = templateOf(target);
  return [...wrongPrimary(c), ...(template ? configProblems(c, template) : [])];
}

/** A selector cannot be changed: such a Deployment could never become the primary of this target. */
function wrongPrimary(c: Ctx): Problem[] {
  const primary = deploymentOf(c, 'primary');
  const wanted = selectorOf(c, 'primary');
  if (!primary || equal(dig(primary, 'spec', 'selector'), { matchLabels: wanted })) return [];
  const has = canonical(dig(primary, 'spec', 'selector') ?? {});
  return [problemOf(sideRef(c.canary, 'primary'), `its selector is ${has}, a primary's is ${canonical({ matchLabels: wanted })}`)];
}

function scaledUp(c: Ctx, side: Side, floor: number): Change[] {
  const own = deploymentOf(c, side);
  if (!own || wantedReplicas(own) > 0) return [];
  // With a scaler the other side may have grown under load; the scaler takes this side there from its floor.
  const other = c.canary.scalerRef ? 0 : wantedReplicas(deploymentOf(c, side === 'canary' ? 'primary' : 'canary'));
  return [scaledTo(c, side, Math.max(other, floor, 1))];
}

function scaledDown(c: Ctx, side: Side): Change[] {
  return wantedReplicas(deploymentOf(c, side)) === 0 ? [] : [scaledTo(c, side, 0)];
}

function scaledTo(c: Ctx, side: Side, replicas: number): Change {
  const ref = sideRef(c.canary, side);
  return { op: 'merge', ref, patch: { spec: { replicas } }, why: `${ref.name} is scaled to ${replicas}` };
}

/** Promotion rolls the primary out with the target's strategy: could that take all its pods at once? */
function risky(c: Ctx): boolean {
  const target = deploymentOf(c, 'canary');
  if (!target) return false;
  if (textAt(target, 'spec', 'strategy', 'type') === 'Recreate') return true;
  const replicas = Math.max(wantedReplicas(deploymentOf(c, 'primary') ?? target), 1);
  return unavailable(target, replicas) >= replicas;
}

/** As the Deployment controller counts: surge is rounded up, unavailable down, and both 0 means one unavailable. */
function unavailable(target: Obj, replicas: number): number {
  const rolling = dig(target, 'spec', 'strategy', 'rollingUpdate');
  const down = portion(dig(rolling, 'maxUnavailable'), replicas);
  const surge = portion(dig(rolling, 'maxSurge'), replicas);
  return Math.floor(down) === 0 && Math.ceil(surge) === 0 ? 1 : Math.floor(down);
}

function portion(value: Json | undefined, replicas: number): number {
  if (value === undefined) return replicas / 4;
  return typeof value === 'string' && value.endsWith('%') ? (replicas * Number(value.slice(0, -1))) / 100 : Number(value);
}
