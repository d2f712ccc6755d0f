// `canary validate`: its words. The work is in validate.run.ts.
import type { Command } from '../command.ts';
import { fileNamespaceFlag, providerFlags, setFlag } from '../flags.ts';

export const validateCommand: Command = {
  name: 'validate',
  args: '<FILE...>',
  summary: 'check canary files without a cluster; every problem in one go, exit 3 if there is one',
  examples: [
    { does: 'one file', type: 'canary validate podinfo-canary.yaml' },
    { does: 'all files of a folder', type: 'canary validate deploy/' },
    { does: 'what another tool prints', type: 'kustomize build . | canary validate -' },
  ],
  flags: [fileNamespaceFlag, ...providerFlags, setFlag],
  load: async () => import('./validate.run.ts'),
};
