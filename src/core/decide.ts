// The engine: one look in, one decision out. Pure: no clock, no I/O, no randomness. Only dispatches; the rules stand in phases/.
import { closing, settled, withOwed } from './owed.ts';
import { passOf, type Pass } from './pass.ts';
import { analyse } from './phases/analysis.ts';
import { bootstrap } from './phases/bootstrap.ts';
import { finalise } from './phases/finalising.ts';
import { goHome } from './phases/home.ts';
import { idle } from './phases/idle.ts';
import { obey } from './phases/parking.ts';
import { promote } from './phases/promotion.ts';
import { terminate } from './phases/terminating.ts';
import type { Decision, Kit, Seen, State } from './types.ts';

export function decide(kit: Kit, state: State, seen: Seen): Decision {
  const { pass, events } = settled(passOf(kit, state, seen));
  const decision = closing(pass) ?? obeyed(pass) ?? next(pass);
  return withOwed(pass, { ...decision, events: [...events, ...decision.events] });
}

function obeyed(pass: Pass): Decision | undefined {
  for (const intent of pass.seen.intents) {
    const decision = pass.state.heard.includes(intent.id) ? undefined : obey(pass, intent);
    if (decision) return decision;
  }
  return undefined;
}

function next(pass: Pass): Decision {
  if (pass.state.home) return goHome(pass);
  switch (pass.state.phase) {
    case 'Initializing':
      return bootstrap(pass);
    case 'Progressing':
    case 'WaitingPromotion':
      return analyse(pass);
    case 'Promoting':
      return promote(pass);
    case 'Finalising':
      return finalise(pass);
    case 'Terminating':
      return terminate(pass);
    case 'Initialized':
    case 'Waiting':
    case 'Succeeded':
    case 'Failed':
      return idle(pass);
  }
}
