// `canary demo`: its words. The work is in demo.run.ts.
import type { Command } from '../command.ts';

export const demoCommand: Command = {
  name: 'demo',
  args: '',
  summary: 'watch a promotion and a rollback on a cluster inside this process; needs no network',
  examples: [
    { does: 'in under a minute', type: 'canary demo' },
    { does: 'slower, to read along', type: 'canary demo --speed 4' },
  ],
  flags: [
    { flags: '--speed <times>', text: 'how much faster than the clock on the wall', default: '10' },
    { flags: '--ascii', text: 'draw with plain signs only (as where the locale is not UTF-8)' },
  ],
  load: async () => import('./demo.run.ts'),
};
