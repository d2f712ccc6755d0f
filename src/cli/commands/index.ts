// The registry of commands, in the order of `canary --help`. A test holds it equal to the files of this folder.
import type { Command } from '../command.ts';
import { deleteCommand } from './delete.ts';
import { demoCommand } from './demo.ts';
import { describeCommand } from './describe.ts';
import { healCommand } from './heal.ts';
import { helpCommand } from './help.ts';
import { rbacCommand } from './rbac.ts';
import { runCommand } from './run.ts';
import { sandboxCommand } from './sandbox.ts';
import { statusCommand } from './status.ts';
import { validateCommand } from './validate.ts';

export const commands: readonly Command[] = [
  runCommand,
  validateCommand,
  statusCommand,
  describeCommand,
  healCommand,
  deleteCommand,
  rbacCommand,
  demoCommand,
  sandboxCommand,
  helpCommand,
];
