// `canary describe`: its words. The work is in describe.run.ts.
import type { Command } from '../command.ts';
import { clusterFlags, namespaceFlag } from '../flags.ts';

export const describeCommand: Command = {
  name: 'describe',
  args: '<NAME>',
  summary: 'show one canary whole: status and Events as kubectl does, then pods, routes, checks, hooks and history',
  examples: [
    { does: 'everything about one canary', type: 'canary describe podinfo -n test' },
    { does: 'for a script', type: 'canary describe podinfo -n test -o json | jq -r .routes.drift' },
  ],
  flags: [
    namespaceFlag,
    ...clusterFlags,
    { flags: '--ascii', text: 'draw with plain signs only (as where the locale is not UTF-8)' },
    { flags: '-o, --output <format>', text: 'how', default: 'text', choices: ['text', 'json', 'yaml'] },
  ],
  load: async () => import('./describe.run.ts'),
};
