// What people want on the way: stop (park, hold or roll back), roll back, time is over. Parking is one write, all traffic on the primary, read
// back; the step stays in the record, so the next run goes on from it.
import { isRouted, routeTo } from '../guards.ts';
import { decided, verdict, type Decision, type Pass } from '../pass.ts';
import type { Intent, State } from '../types.ts';
import { leave } from './analysis.ts';

const causes = { stop: 'signal', rollback: 'person', timeout: 'timeout', trouble: 'trouble' } as const;

/** Undefined: the intent changes nothing in this phase, go on. */
export function obey(pass: Pass, intent: Intent): Decision | undefined {
  const under = pass.state.phase === 'Progressing' || pass.state.phase === 'Promoting';
  const heard: Pass = { ...pass, state: { ...pass.state, heard: [...pass.state.heard, intent.id].slice(-8) } };
  if (intent.verb === 'stop' && pass.kit.options.onInterrupt !== 'rollback') return stop(pass, intent);
  if (!under || pass.state.home) return undefined;
  return leave(heard, { by: causes[intent.verb], why: intent.by });
}

function stop(pass: Pass, intent: Intent): Decision {
  const { state, kit } = pass;
  if (kit.options.onInterrupt === 'hold') return parked(pass, intent, 'as-is');
  if (state.phase === 'Progressing') return toPrimary(pass, intent);
  // Once the copy has begun, the ready side keeps the traffic.
  if (state.phase === 'Promoting') {
    return verdict(pass, 'primary').is === 'ready' ? toPrimary(pass, intent) : parked(pass, intent, 'as-is');
  }
  return parked(pass, intent, 'as-is');
}

function toPrimary(pass: Pass, intent: Intent): Decision {
  const none = { kind: 'split', canary: 0 } as const;
  const changes = routeTo(pass, none);
  if (changes.length) return decided(pass, { changes });
  if (!isRouted(pass, none)) return decided(pass, {});
  return parked(pass, intent, 'primary');
}

function parked(pass: Pass, intent: Intent, traffic: 'primary' | 'as-is'): Decision {
  const { at: _at, ...rest } = pass.state;
  const state: State = { ...rest, parked: intent.by, heard: [...rest.heard, intent.id].slice(-8) };
  return decided(pass, { state, result: { is: 'parked', by: intent.by, traffic } });
}
