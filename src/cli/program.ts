// Argv into a call, by commander: the only file that knows commander. Runs no command.
import { Command as Commander, CommanderError, Option } from 'commander';
import { UsageError } from '../errors.ts';
import type { Command, Flag, Flags } from './command.ts';
import { commands } from './commands/index.ts';
import { commonFlags } from './flags.ts';
import type { Io } from './io.ts';
import { version } from './version.ts';

/** Either everything is said already (help, version), or this is to be run. */
export type Parsed =
  | { readonly is: 'done'; readonly exitCode: number }
  | { readonly is: 'call'; readonly command: Command; readonly args: readonly string[]; readonly flags: Flags };

export function parse(argv: readonly string[], io: Io): Parsed {
  const words = withBareValues(inOrder(argv));
  const found: { call?: Parsed } = {};
  const program = programOf(io, (call) => {
    found.call = call;
  });
  try {
    program.parse(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return ended(error, words);
    throw error;
  }
  return found.call ?? { is: 'done', exitCode: 0 };
}

/** What every command takes may stand before the command, too. */
function inOrder(argv: readonly string[]): string[] {
  const count = argv.findIndex((word) => !commonFlags.some(({ flags }) => flags === word));
  const [verb, ...rest] = asFlag(count < 0 ? [] : argv.slice(count));
  if (verb === undefined || verb.startsWith('-')) return verb === undefined ? [] : [verb, ...rest];
  return [verb, ...argv.slice(0, count), ...rest];
}

/** A flag whose value may be left out gets it here, so that it never takes a FILE for its value. */
function withBareValues([verb, ...words]: readonly string[]): string[] {
  const flags = commands.find(({ name }) => name === verb)?.flags ?? [];
  const end = words.indexOf('--');
  const filled = words.map((word, at) => {
    const { bare } = flags.find((flag) => flag.bare && flag.flags.split(' ')[0] === word) ?? {};
    const next = words[at + 1];
    const isLeftOut = bare && (end < 0 || at < end) && (next === undefined || !bare.takes(next));
    return isLeftOut ? `${word}=${bare.value}` : word;
  });
  return verb === undefined ? [] : [verb, ...filled];
}

/** `help run` is `run --help`; `help` alone is `--help`. Topics stay a command. */
function asFlag(argv: readonly string[]): string[] {
  const [first, topic, ...rest] = argv;
  if (first !== 'help') return [...argv];
  if (topic === undefined) return ['--help'];
  return topic !== 'help' && commands.some((command) => command.name === topic) ? [topic, '--help', ...rest] : [...argv];
}

function programOf(io: Io, onCall: (call: Parsed) => void): Commander {
  const program = new Commander('canary')
    .description('Progressive delivery for Kubernetes from the command line: no controller, the result in the exit code.')
    .version(version)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns() || 100,
      getErrHelpWidth: () => io.stderr.columns() || 100,
      // Said by main, in the form of every other error.
      outputError: () => undefined,
    })
    .addHelpText('before', examplesText(commands.slice(0, 3).map((command) => command.examples[0])))
    .addHelpText('after', '\nExit codes: canary help exit-codes');
  for (const command of commands) add(program, command, onCall);
  return program;
}

function add(program: Commander, command: Command, onCall: (call: Parsed) => void): void {
  const sub = program.command(command.args ? `${command.name} ${command.args}` : command.name).description(command.summary);
  sub.addHelpText('before', examplesText(command.examples));
  for (const flag of [...command.flags, ...commonFlags]) {
    sub.addOption(optionOf(flag));
  }
  sub.action(() => onCall({ is: 'call', command, args: sub.args, flags: sub.opts() }));
}

function optionOf(flag: Flag): Option {
  const option = new Option(flag.flags, flag.text);
  if (flag.default !== undefined) option.default(flag.default);
  if (flag.choices) option.choices(flag.choices);
  if (flag.many) option.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
  return option;
}

function examplesText(examples: readonly (Command['examples'][number] | undefined)[]): string {
  const lines = examples.flatMap((example) => (example ? [`  # ${example.does}`, `  ${example.type}`] : []));
  return ['Examples:', ...lines, ''].join('\n');
}

/** Help and version are answers; everything else that commander stops at is wrong usage. */
function ended(error: CommanderError, argv: readonly string[]): Parsed {
  if (error.exitCode === 0) return { is: 'done', exitCode: 0 };
  if (error.code === 'commander.help') return { is: 'done', exitCode: 2 };
  const message = error.message.replace(/^error: /, '').replace(/\n\(Did you mean (.*)\?\)$/, '; did you mean $1?');
  const verb = commands.find((command) => command.name === argv[0])?.name;
  throw new UsageError(message, verb ? `canary ${verb} --help` : 'canary --help');
}
