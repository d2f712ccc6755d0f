// Planted bugs of strategies, gates, messages, tracked config and `canary delete`; planted.sweep.test.ts has the others, and says what both are for.
import { DELETE_BUGS } from './planted/delete-bugs.ts';
import { bugsAreCaught } from './planted/judge.ts';
import { STRATEGY_BUGS } from './planted/strategy-bugs.ts';
import { STRATEGY_PROVOCATIONS } from './planted/strategy-provocations.ts';

bugsAreCaught([...STRATEGY_BUGS, ...DELETE_BUGS], STRATEGY_PROVOCATIONS);
