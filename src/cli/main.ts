// The command line as a function: argv in, exit code out. The only place that prints errors; it never ends the process itself.
import { processIo, type Io } from './io.ts';
import { realParts, type Parts } from './parts.ts';
import { parse } from './program.ts';

export { processIo, type Io };

export async function main(argv: readonly string[], io: Io = processIo(), parts: Parts = realParts): Promise<number> {
  try {
    const parsed = parse(argv, io);
    if (parsed.is === 'done') return parsed.exitCode;
    const { execute } = await parsed.command.load();
    return await execute({ args: parsed.args, flags: parsed.flags, io, parts });
  } catch (error) {
    return tellFailure(error, { io, argv });
  }
}

/** What words of errors need is loaded only when there is one: --help must not wait for it. */
async function tellFailure(error: unknown, { io, argv }: { io: Io; argv: readonly string[] }): Promise<number> {
  const [{ failureOf }, { paintOf }, { asCanaryError }] = await Promise.all([
    import('./failure.ts'),
    import('../ui/colour.ts'),
    import('../kube/api-error.ts'),
  ]);
  const paint = paintOf(io.stderr, io.env, argv.includes('--no-color'));
  const failure = failureOf(asCanaryError(error) ?? error, argv.includes('--debug'), paint);
  for (const line of failure.lines) io.stderr.write(`${line}\n`);
  return failure.exitCode;
}
