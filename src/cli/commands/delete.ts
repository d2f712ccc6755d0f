// `canary delete`: its words. The work is in delete.run.ts.
import type { Command } from '../command.ts';
import { clusterFlags, namespaceFlag, reachFlag } from '../flags.ts';

export const deleteCommand: Command = {
  name: 'delete',
  args: '<NAME>',
  summary: 'give everything back: traffic to the target again, the objects as they were, and what was made for the canary gone',
  examples: [
    { does: 'asks first', type: 'canary delete podinfo -n test' },
    { does: 'in a script', type: 'canary delete podinfo -n test --yes' },
  ],
  flags: [
    namespaceFlag,
    ...clusterFlags,
    reachFlag,
    { flags: '-y, --yes', text: 'do not ask' },
    { flags: '--drain <duration>', text: 'time between giving traffic back and taking the primary away', default: '10s' },
  ],
  load: async () => import('./delete.run.ts'),
};
