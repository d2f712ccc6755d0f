// The engine: one look in, one decision out. Pure: no clock, no I/O, no randomness. Only dispatches; the rules stand in phases/.
import { passOf, type Pass } from './pass.ts';
import { analyse } from './phases/analysis.ts';
import { bootstrap } from './phases/bootstrap.ts';
import { finalise } from './phases/finalising.ts';
import { goHome } from './phases/home.ts';
import { idle } from './phases/idle.ts';
import { obey } from './phases/parking.ts';
import { promote } from './phases/promotion.ts';
import type { Decision, Kit, Seen, State } from './types.ts';

export function decide(kit: Kit, state: State, seen: Seen): Decision {
  const pass = passOf(kit, state, seen);
  for (const intent of seen.intents) {
    const decision = state.heard.includes(intent.id) ? undefined : obey(pass, intent);
    if (decision) return decision;
  }
  return next(pass);
}

function next(pass: Pass): Decision {
  if (pass.state.home) return goHome(pass);
  switch (pass.state.phase) {
    case 'Initializing':
      return bootstrap(pass);
    case 'Progressing':
      return analyse(pass);
    case 'Promoting':
      return promote(pass);
    case 'Finalising':
      return finalise(pass);
    case 'Initialized':
    case 'Succeeded':
    case 'Failed':
      return idle(pass);
  }
}
