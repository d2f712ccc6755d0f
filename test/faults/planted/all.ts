// Every planted bug and every provocation. Data, put together.
import { SPLIT_BUGS, type Bug } from './bugs.ts';
import { DELETE_BUGS } from './delete-bugs.ts';
import { SPLIT_PROVOCATIONS } from './provocations.ts';
import { STRATEGY_BUGS } from './strategy-bugs.ts';
import { STRATEGY_PROVOCATIONS } from './strategy-provocations.ts';

export const PROVOCATIONS = { ...SPLIT_PROVOCATIONS, ...STRATEGY_PROVOCATIONS } as const;
export const BUGS: readonly Bug[] = [...SPLIT_BUGS, ...STRATEGY_BUGS, ...DELETE_BUGS];
