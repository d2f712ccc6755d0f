// The real command in a real pseudo-terminal, made by util-linux' `script`, and without one. What is typed goes through the terminal's own
// line discipline: Ctrl-C is the byte 3, and the kernel makes the signal of it.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { watched, type Watched } from './watched.ts';

const bin = fileURLToPath(new URL('../../bin/canary.js', import.meta.url));
export const ctrlC = '\u0003';

export interface Screen {
  readonly columns: number;
  readonly term: string;
  /** Absent: as in a bare container, nobody says which signs the terminal knows. */
  readonly lang?: string;
}

export const ordinary: Screen = { columns: 100, term: 'xterm-256color' };

export interface Terminal extends Watched {
  type(keys: string): void;
  /** The window is closed: the kernel hangs up on whoever runs in it. */
  close(): void;
}

export function inTerminal(argv: readonly string[], screen: Screen, home: string): Terminal {
  const command = ['node', bin, ...argv].map(quoted).join(' ');
  // The shell becomes the command, so the id that it prints is the command's.
  const inside = `stty cols ${screen.columns} rows ${screen.columns === 0 ? 0 : 30}; echo "pid=$$"; exec ${command}`;
  const child = spawn('script', ['-qfec', inside, '/dev/null'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      TERM: screen.term,
      SHELL: '/bin/sh',
      ...(screen.lang ? { LANG: screen.lang } : {}),
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // Typing into a window that is gone is heard by nobody.
  child.stdin.on('error', () => undefined);
  const seen = watched(child, { named: `canary ${argv[0]} in a terminal`, needs: '`script` of util-linux (on Debian in bsdutils)' }, () => {
    const pid = Number(/^pid=(\d+)$/m.exec(seen.text())?.[1]);
    // While `script` lives it has not yet waited for its child: the id is still the child's.
    if (pid > 1) killed(pid);
    child.kill('SIGKILL');
  });
  return { ...seen, type: (keys) => child.stdin.write(keys), close: () => child.kill('SIGKILL') };
}

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

export interface Plain extends Watched {
  signal(name: NodeJS.Signals): void;
}

/** No terminal: as a CI job runs it. */
export function inPipe(argv: readonly string[], home: string): Plain {
  const env = { PATH: process.env['PATH'] ?? '', HOME: home };
  const child = spawn('node', [bin, ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const seen = watched(child, { named: `canary ${argv[0]}`, needs: 'node' }, () => child.kill('SIGKILL'));
  return { ...seen, signal: (name) => void child.kill(name) };
}
