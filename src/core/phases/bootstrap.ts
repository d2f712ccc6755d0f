// Initializing: the primary is ready before any selector or route moves, and traffic has drained before the target scales down: no lost request.
// Must not touch the target before the primary serves.
import type { Change } from '../../contracts.ts';
import { awaitRoute, beneath, isDrained, isRouted, routeTo, scaleDown, upkeep } from '../guards.ts';
import { decided, enter, tell, verdict, waitFor, without, workload, type Decision, type Pass } from '../pass.ts';
import { apexPoints } from '../services.ts';
import type { Cause } from '../types.ts';
import { missing } from './idle.ts';

export function bootstrap(pass: Pass): Decision {
  const { kit, state, ctx } = pass;
  const target = kit.target.revision(ctx, 'canary');
  // A primary that was lost is made again only of what was promoted.
  if (state.promoted && target?.hash !== state.promoted && !kit.target.revision(ctx, 'primary')) return missing(pass, target?.hash);
  const groundwork = beforeTraffic(pass);
  if (groundwork.length) return decided(pass, { changes: groundwork });
  const primary = verdict(pass, 'primary');
  if (primary.is === 'failed') return notInitialized(pass, primary.why);
  if (primary.is === 'waiting') {
    return waitFor(pass, { side: 'primary', why: primary.why });
  }
  return moveTraffic(pass);
}

/** What moves no traffic, and the primary as a copy of the target. */
function beforeTraffic(pass: Pass): Change[] {
  const { target } = pass.kit;
  const from = target.revision(pass.ctx, 'canary');
  const primary = servesAlready(pass) || !from ? [] : target.primary(pass.ctx, from);
  return [...beneath(pass), ...primary];
}

/** A primary that never served follows the target: what was mended there must reach it. */
function servesAlready({ kit, state, ctx }: Pass): boolean {
  const exists = kit.target.revision(ctx, 'primary') !== undefined;
  return exists && (state.promoted !== '' || kit.target.ready(ctx, 'primary') > 0 || apexPoints(ctx) === 'primary');
}

function moveTraffic(pass: Pass): Decision {
  const { kit, state, seen, ctx } = pass;
  const relies = (changes: Change[]): Change[] => changes.map((change) => ({ ...change, given: [workload(pass, 'primary')] }));
  const changes = [...(kit.scaler?.primary(ctx) ?? []), ...relies(upkeep(pass)), ...routeTo(pass, state.traffic)];
  // What is moved now has to drain from now.
  if (changes.length) return decided(pass, { state: without(state, 'at'), changes });
  if (!isRouted(pass, state.traffic)) return awaitRoute(pass, without(state, 'at'), (why) => notRouted(pass, why));
  if (state.at === undefined) return decided(pass, { state: { ...without(state, 'waiting'), at: seen.now }, wakeAt: seen.now });
  if (kit.target.wanted(ctx, 'canary') > 0) {
    if (!isDrained(pass)) return decided(pass, { wakeAt: state.at + kit.options.drain });
    return decided(pass, { changes: scaleDown(pass) });
  }
  return initialized(pass);
}

function initialized(pass: Pass): Decision {
  const promoted = pass.kit.target.revision(pass.ctx, 'primary')?.hash ?? '';
  return decided(pass, {
    state: { ...without(enter(pass, 'Initialized'), 'waiting'), promoted, revision: promoted },
    events: tell(pass, { tell: 'initialized' }),
    wakeAt: pass.seen.now,
    // With --image the run goes on: the revision is made after bootstrap.
    ...(pass.kit.options.image ? {} : { result: { is: 'initialized' } }),
  });
}

/** Nothing was moved: the target still serves as it did. The next run waits anew. */
function notInitialized(pass: Pass, why: string): Decision {
  const cause: Cause = { by: 'deadline', side: 'primary', why };
  const evidence = pass.seen.answers.has(`${pass.state.run}/bootstrap/evidence`);
  if (!evidence) return decided(pass, { ask: [askEvidence(pass)] });
  return decided(pass, {
    state: without(pass.state, 'waiting'),
    events: tell(pass, { tell: 'not-ready', side: 'primary', why }),
    result: { is: 'not-initialized', cause },
  });
}

/** The target keeps its pods: whoever the route does not lead to the primary yet is served by them. */
function notRouted(pass: Pass, why: string): Decision {
  return decided(pass, {
    events: tell(pass, { tell: 'not-routed', why }),
    result: { is: 'not-initialized', cause: { by: 'trouble', why } },
  });
}

function askEvidence(pass: Pass): Decision['ask'][number] {
  const selector = pass.kit.target.selector(pass.ctx, 'primary');
  return { id: `${pass.state.run}/bootstrap/evidence`, ask: 'evidence', side: 'primary', selector };
}
