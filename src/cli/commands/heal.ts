// `canary heal`: its words. The work is in heal.run.ts.
import type { Command } from '../command.ts';
import { allNamespacesFlag, clusterFlags, namespaceFlag, reachFlag } from '../flags.ts';

export const healCommand: Command = {
  name: 'heal',
  args: '[NAME]',
  summary: 'park what a dead run left behind: all traffic back on the ready side, read back; exit 20 if that is not sure',
  examples: [
    { does: 'every orphan of all namespaces, for a scheduled job', type: 'canary heal -A' },
    { does: 'this one at once, whoever seems to drive it', type: 'canary heal podinfo -n test' },
  ],
  flags: [namespaceFlag, allNamespacesFlag, ...clusterFlags, reachFlag],
  load: async () => import('./heal.run.ts'),
};
