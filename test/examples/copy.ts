// A copy of the walk-throughs in a folder of its own, where commands may edit files; it is where this process stands until it is left.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examples } from './readme.ts';

export interface Copy {
  readonly folder: string;
  leave(): void;
}

export function enterCopy(): Copy {
  const home = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'canary-examples-'));
  cpSync(examples, join(folder, 'examples'), { recursive: true });
  process.chdir(folder);
  return {
    folder,
    leave() {
      process.chdir(home);
      rmSync(folder, { recursive: true });
    },
  };
}
