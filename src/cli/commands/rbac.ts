// `canary rbac`: its words. The work is in rbac.run.ts.
import type { Command } from '../command.ts';
import { fileNamespaceFlag, providerFlags, setFlag, ways } from '../flags.ts';

export const rbacCommand: Command = {
  name: 'rbac',
  args: '<FILE...>',
  summary:
    'print a Role and a RoleBinding for each canary, with what it needs in its namespace (not for -A, nor for what run --apply applies)',
  examples: [
    {
      does: 'for the ServiceAccount canary of the namespace',
      type: 'canary rbac deployment.yaml podinfo-canary.yaml | kubectl apply -f -',
    },
    { does: 'for a pipeline that has its account elsewhere', type: 'canary rbac deploy/ --service-account ci/deployer' },
    { does: 'for a run from outside the cluster', type: 'canary rbac deploy/ --reach proxy | kubectl apply -f -' },
    { does: 'for a person', type: 'canary rbac deploy/ --user ana@example.com' },
  ],
  flags: [
    fileNamespaceFlag,
    { flags: '--service-account <name>', text: 'who gets it: [namespace/]name (else canary, in the namespace of the canaries)' },
    { flags: '--user <name>', text: 'who gets it: a user' },
    { flags: '--group <name>', text: 'who gets it: a group' },
    ...providerFlags,
    {
      flags: '--reach <way>',
      text: 'with what this way to the Services that the files name takes: direct, proxy or port-forward (direct)',
      choices: ways,
    },
    setFlag,
  ],
  load: async () => import('./rbac.run.ts'),
};
