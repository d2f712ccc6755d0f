// `canary status`: its words. The work is in status.run.ts.
import type { Command } from '../command.ts';
import { allNamespacesFlag, clusterFlags, namespaceFlag } from '../flags.ts';

export const statusCommand: Command = {
  name: 'status',
  args: '[NAME]',
  summary: 'show canaries: phase, weight, who drives them, and those that nobody drives any more',
  examples: [
    { does: 'all canaries', type: 'canary status -A' },
    { does: 'follow them', type: 'canary status -A --watch' },
    { does: 'one, with all columns', type: 'canary status podinfo -n test -o wide' },
    { does: 'for a script', type: 'canary status podinfo -n test -o json | jq -r .items[0].phase' },
  ],
  flags: [
    namespaceFlag,
    allNamespacesFlag,
    ...clusterFlags,
    { flags: '-w, --watch', text: 'go on showing changes until Ctrl-C' },
    {
      flags: '-o, --output <format>',
      text: 'how (all but a table of -A and --watch also look for drift)',
      default: 'table',
      choices: ['table', 'wide', 'json', 'yaml', 'name'],
    },
  ],
  load: async () => import('./status.run.ts'),
};
