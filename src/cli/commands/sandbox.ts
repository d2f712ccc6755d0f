// `canary sandbox`: its words. The work is in sandbox.run.ts.
import type { Command } from '../command.ts';
import { namespaceFlag, providerFlags } from '../flags.ts';

export const sandboxCommand: Command = {
  name: 'sandbox',
  args: '<start|fault|clear> [FILES|TARGET...]',
  summary: 'serve a simulated cluster on this machine, and make its applications fail',
  examples: [
    { does: 'for kubectl, curl and canary in another terminal, until Ctrl-C', type: 'canary sandbox start examples/podinfo' },
    {
      does: 'a version that fails; TARGET is a workload or an image',
      type: 'canary sandbox fault podinfo:3.1.1 --errors 30% --latency 1s',
    },
    { does: 'pods that never become ready', type: 'canary sandbox fault deployment/podinfo --not-ready -n test' },
    { does: 'all is well again', type: 'canary sandbox clear' },
  ],
  flags: [
    namespaceFlag,
    { flags: '--kubeconfig <file>', text: 'start: write it there (else to a new folder); fault, clear: the sandbox’s (else $KUBECONFIG)' },
    { flags: '--context <name>', text: 'fault, clear: the context of the kubeconfig' },
    { flags: '--speed <times>', text: 'start: how much faster than the clock on the wall (1)' },
    { flags: '--port <number>', text: 'start: the port of 127.0.0.1 (a free one)' },
    ...providerFlags.map(({ flags, text }) => ({ flags, text: `start: ${text}` })),
    { flags: '--errors <percent>', text: 'fault: so many of the answers are errors, for example 30%' },
    { flags: '--latency <duration>', text: 'fault: every answer takes so much longer, for example 1s' },
    { flags: '--not-ready', text: 'fault: the readiness probe fails' },
    { flags: '--crash', text: 'fault: the containers crash and are started again' },
  ],
  load: async () => import('./sandbox.run.ts'),
};
