// What a command is: its words as data (light: read for --help) and its work, loaded when it is called. Types and readers of flags only.
import { UsageError } from '../errors.ts';
import type { Io } from './io.ts';
import type { Parts } from './parts.ts';

export type FlagValue = string | boolean | readonly string[] | undefined;
export type Flags = Readonly<Record<string, FlagValue>>;

export interface Flag {
  /** As commander writes them: '-n, --namespace <name>'. */
  readonly flags: string;
  readonly text: string;
  readonly default?: string;
  readonly choices?: readonly string[];
  /** May be given again and again; its values are a list. */
  readonly many?: true;
  /** May stand without a value: then it is `value`, and the next word is its own only where it `takes` it. */
  readonly bare?: { readonly value: string; takes(word: string): boolean };
}

export interface Example {
  readonly does: string;
  readonly type: string;
}

export interface Command {
  readonly name: string;
  /** '<FILE...>', '[NAME]', or ''. */
  readonly args: string;
  readonly summary: string;
  readonly examples: readonly Example[];
  readonly flags: readonly Flag[];
  load(): Promise<CommandRun>;
}

export interface Call {
  readonly args: readonly string[];
  readonly flags: Flags;
  readonly io: Io;
  readonly parts: Parts;
}

export interface CommandRun {
  /** Resolves to the exit code; throws a CanaryError for what main prints. */
  execute(call: Call): Promise<number>;
}

export function textFlag(flags: Flags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
}

/** The values of a flag that may be repeated, in the order given. */
export function listFlag(flags: Flags, name: string): readonly string[] {
  const value = flags[name];
  return Array.isArray(value) ? value.map(String) : [];
}

/** For --no-color the name is 'color' and the question is whether it was taken away. */
export function isOff(flags: Flags, name: string): boolean {
  return flags[name] === false;
}

export function isOn(flags: Flags, name: string): boolean {
  return flags[name] === true;
}

/** One of the flag's values; commander has checked the choice already, the types have not. */
export function choiceFlag<T extends string>(flags: Flags, name: string, choices: readonly T[]): T {
  const value = textFlag(flags, name);
  const choice = choices.find((each) => each === value);
  if (choice === undefined) throw new UsageError(`--${name}: expected ${choices.join(', ')}, got "${value ?? ''}"`);
  return choice;
}
