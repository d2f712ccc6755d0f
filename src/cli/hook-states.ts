// How the hooks of a canary stand, told by what its record remembers of this analysis. Pure reading.
import type { Canary } from '../contracts.ts';
import type { State } from '../core/types.ts';
import type { Hook } from '../spec/types.ts';

export interface HookState {
  readonly name: string;
  readonly type: string;
  readonly is: string;
}

const analysing: readonly string[] = ['Waiting', 'Progressing', 'WaitingPromotion'];

export function hookStates(canary: Canary, state: State | undefined): HookState[] {
  return canary.hooks.map((hook) => ({ name: hook.name, type: hook.type, is: hookState(canary, hook, state) }));
}

/** The last check's memory only: a hook that every check asks is not remembered for longer. */
function hookState(canary: Canary, hook: Hook, state: State | undefined): string {
  if (!state || !analysing.includes(state.phase)) return 'not asked now';
  if (hook.type.startsWith('confirm-') && state.gate === hook.name) return 'CLOSED';
  const no = canary.hooks.filter(({ type }) => type === hook.type).indexOf(hook);
  const kind = hook.type === 'rollout' || hook.type === 'pre-rollout' ? 'hook' : hook.type;
  const isOnce = hook.type === 'pre-rollout' || hook.type === 'confirm-promotion';
  const passed = state.passed.some((memory) => memory.endsWith(`/${kind}/${no}/${hook.name}`) && memory.startsWith('once/') === isOnce);
  return passed ? 'passed' : 'not passed yet';
}
