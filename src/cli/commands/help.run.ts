// `canary help <topic>`: prints tables that the code itself works by. Help for commands is commander's.
import { UsageError } from '../../errors.ts';
import { exitCodes } from '../../runner/exit.ts';
import { tableLines } from '../../ui/table.ts';
import type { Call } from '../command.ts';

const topics: Readonly<Record<string, () => string[]>> = {
  'exit-codes': () =>
    tableLines(
      ['CODE', 'MEANING', 'TRAFFIC'],
      exitCodes.map(({ code, meaning, traffic }) => [String(code), meaning, traffic]),
    ),
};

export async function execute({ args, io }: Call): Promise<number> {
  const topic = args[0] ?? '';
  const lines = Object.hasOwn(topics, topic) ? topics[topic] : undefined;
  if (!lines) throw new UsageError(`help: no topic or command "${topic}"; topics: ${Object.keys(topics).join(', ')}`, 'canary --help');
  io.stdout.write(`${lines().join('\n')}\n`);
  return 0;
}
