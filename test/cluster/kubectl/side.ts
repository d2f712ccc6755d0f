// kubectl as a process against one of two clusters: what it printed, where to, and how it ended. It must not judge.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One cluster and a folder of its own, so that two kubectl share no cache. */
export interface Side {
  readonly name: string;
  readonly kubectl: string;
  readonly kubeconfig: string;
  readonly folder: string;
  readonly namespace: string;
}

export interface Printed {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Typed {
  readonly words: readonly string[];
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export function prepare(side: Side, files: Readonly<Record<string, string>>): void {
  mkdirSync(side.folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(side.folder, name), text);
}

function environment(side: Side, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: side.folder, KUBECONFIG: side.kubeconfig, ...more };
}

/** `until`: kubectl is ended as soon as it has printed this; a watch never ends by itself. */
export function kubectl(side: Side, typed: Typed, until?: RegExp): Promise<Printed> {
  const { words, stdin, env } = typed;
  const child = spawn(side.kubectl, [...words], { cwd: side.folder, env: environment(side, env), stdio: ['pipe', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (part: Buffer) => {
    out += part.toString();
    if (until?.test(out)) child.kill('SIGTERM');
  });
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin ?? '');
  const tooLong = setTimeout(() => child.kill('SIGKILL'), 30_000);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(tooLong);
      resolve({ code, out, err });
    });
  });
}
