// The registry of commands, in the order of `canary --help`. A test holds it equal to the files of this folder.
import type { Command } from '../command.ts';
import { demoCommand } from './demo.ts';
import { healCommand } from './heal.ts';
import { helpCommand } from './help.ts';
import { runCommand } from './run.ts';
import { statusCommand } from './status.ts';
import { validateCommand } from './validate.ts';

export const commands: readonly Command[] = [runCommand, validateCommand, statusCommand, healCommand, demoCommand, helpCommand];
