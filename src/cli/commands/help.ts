// `canary help`: its words. Help for a command is printed by main; topics are in help.run.ts.
import type { Command } from '../command.ts';

export const helpCommand: Command = {
  name: 'help',
  args: '[TOPIC]',
  summary: 'help for a command, or a topic: exit-codes',
  examples: [
    { does: 'what the exit codes mean', type: 'canary help exit-codes' },
    { does: 'the flags of a command', type: 'canary help run' },
  ],
  flags: [],
  load: async () => import('./help.run.ts'),
};
