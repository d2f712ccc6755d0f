// The frame of the command line: help, version, wrong usage, errors in words, and what is loaded for them.
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { commands } from '../../src/cli/commands/index.ts';
import { main } from '../../src/cli/main.ts';
import { version } from '../../src/cli/version.ts';
import { CanaryError, ForbiddenError, PreflightError, SpecError, UnreachableError } from '../../src/errors.ts';
import { exitCodes } from '../../src/runner/exit.ts';
import { fakeIo, fakeParts } from './fake-io.ts';
import { podinfo } from './specs.ts';

async function typed(...argv: string[]): Promise<{ exit: number; out: string; err: string }> {
  const io = fakeIo();
  const exit = await main(argv, io, fakeParts());
  return { exit, out: io.out(), err: io.err() };
}

describe('the registry', () => {
  test('holds exactly the commands whose files are there', () => {
    const files = readdirSync(new URL('../../src/cli/commands/', import.meta.url));
    const expected = commands.flatMap(({ name }) => [`${name}.ts`, `${name}.run.ts`]);
    expect([...files].sort()).toEqual([...expected, 'index.ts'].sort());
  });

  test('gives every command work to load', async () => {
    for (const command of commands) expect(typeof (await command.load()).execute).toBe('function');
  });

  test('gives every command an example that names it', () => {
    for (const { name, examples } of commands) for (const { type } of examples) expect(type).toContain(`canary ${name}`);
  });
});

describe('help and version', () => {
  test('--version is the version of the package', async () => {
    const { version: published } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
    expect(version).toBe(published);
    expect(await typed('--version')).toEqual({ exit: 0, out: `${published}\n`, err: '' });
  });

  test.each([['--help'], ['-h'], ['help']])('%s shows every command on stdout', async (flag) => {
    const { exit, out, err } = await typed(flag);
    expect([exit, err]).toEqual([0, '']);
    for (const { name } of commands) expect(out).toContain(`\n  ${name} `);
  });

  test('the help of a command begins with examples', async () => {
    const { exit, out } = await typed('run', '--help');
    expect(exit).toBe(0);
    expect(out.startsWith('Examples:\n  # release what the target holds now\n  canary run podinfo-canary.yaml\n')).toBe(true);
    expect(out.indexOf('Examples:')).toBeLessThan(out.indexOf('Usage: canary run [options] <FILE...>'));
  });

  test('help run is run --help', async () => {
    expect(await typed('help', 'run')).toEqual(await typed('run', '--help'));
  });

  test('help exit-codes prints the table that the runner works by', async () => {
    const { exit, out } = await typed('help', 'exit-codes');
    expect(exit).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^CODE {3}MEANING {2,}TRAFFIC$/);
    expect(lines.slice(1).map((line) => Number(line.split(' ')[0]))).toEqual(exitCodes.map(({ code }) => code));
    expect(out).toMatch(/^20 {5}the way back is not confirmed: a person must look +unknown$/m);
  });
});

describe('what every command takes may stand before it', () => {
  test.each([
    [
      ['--no-color', 'help', 'run'],
      ['help', 'run'],
    ],
    [
      ['--debug', '--no-color', 'run', '--help'],
      ['run', '--help'],
    ],
    [['--no-color', '--version'], ['--version']],
    [['--no-color'], []],
    [['--no-color', 'rum'], ['rum']],
  ])('%j is as %j', async (argv, plain) => {
    expect(await typed(...argv)).toEqual(await typed(...plain));
  });

  test('and is obeyed', async () => {
    const io = fakeIo({ isTTY: true, stdin: podinfo, env: { TERM: 'xterm' } });
    expect(await main(['--no-color', 'validate', '-'], io, fakeParts())).toBe(0);
    expect(io.out()).toMatch(/^OK podinfo\.test/);
  });
});

describe('wrong usage is exit 2 and says what to type', () => {
  test('no command at all shows the help on stderr', async () => {
    const { exit, out, err } = await typed();
    expect([exit, out]).toEqual([2, '']);
    expect(err).toContain('Usage: canary');
  });

  test.each([
    [['rum', 'x.yaml'], "error: unknown command 'rum'; did you mean run?\nnext: canary --help\n"],
    [['run', 'x.yaml', '--takover'], "error: unknown option '--takover'; did you mean --takeover?\nnext: canary run --help\n"],
    [['run'], "error: missing required argument 'FILE'\nnext: canary run --help\n"],
    [['status', 'a', 'b'], 'error: too many arguments'],
    [
      ['run', 'x.yaml', '-o', 'xml'],
      "error: option '-o, --output <format>' argument 'xml' is invalid. Allowed choices are text, ndjson.\n",
    ],
    [['help', 'colours'], 'error: help: no topic or command "colours"; topics: exit-codes\nnext: canary --help\n'],
    [['help', 'constructor'], 'error: help: no topic or command "constructor"; topics: exit-codes\n'],
    [['run', 'x.yaml', '--timeout', 'soon'], 'error: --timeout: expected a duration such as 30s, 10m or 6h, got "soon"\n'],
    [['run', 'x.yaml', '--speed', '3'], 'error: --speed goes with --sandbox'],
    [['run', 'x.yaml', '--sandbox', '--speed', '0'], 'error: --speed: expected a number from 1 to 100, got "0"\n'],
    [['run', 'x.yaml', '--image', 'podinfod='], 'error: --image: expected [container=]image, got "podinfod="\nnext: for example'],
    [['run', 'nothing-here.yaml'], 'error: nothing-here.yaml: no such file or folder\n'],
    [['status', '-A', '-n', 'test'], 'error: -A and -n exclude each other\n'],
    [['heal', 'podinfo', '-A'], 'error: a NAME and -A exclude each other\nnext: say where: canary … podinfo -n <namespace>\n'],
    [['demo', '--speed', 'fast'], 'error: --speed: expected a number from 1 to 50, got "fast"\n'],
  ])('%j', async (argv, message) => {
    const { exit, out, err } = await typed(...argv);
    expect([exit, out]).toEqual([2, '']);
    expect(err.startsWith(message) ? message : err).toBe(message);
  });
});

describe('errors in words', () => {
  async function failing(error: unknown, ...more: string[]): Promise<{ exit: number; err: string }> {
    const io = fakeIo();
    const parts = fakeParts({ cluster: () => Promise.reject(error) });
    return { exit: await main(['status', ...more], io, parts), err: io.err() };
  }

  test.each([
    [new ForbiddenError('not allowed', 'add a rule'), 4, 'error: not allowed\nnext: add a rule\n'],
    [new UnreachableError('the API server does not answer'), 5, 'error: the API server does not answer\n'],
    [new PreflightError('no CRD', 'kubectl apply'), 6, 'error: no CRD\nnext: kubectl apply\n'],
    [new CanaryError(14, 'two\nlines'), 14, 'error: two\nlines\n'],
    [
      new SpecError(['a.yaml:1:2: x', 'a.yaml:3:4: y']),
      3,
      'a.yaml:1:2: x\na.yaml:3:4: y\nerror: 2 problems; nothing was sent to a cluster\n',
    ],
  ])('known error %#', async (error, exit, text) => {
    expect(await failing(error)).toEqual({ exit, err: text });
  });

  test('an unexpected error is our bug: exit 1, with its stack', async () => {
    const { exit, err } = await failing(new TypeError('x is not a function'));
    expect(exit).toBe(1);
    expect(err).toMatch(/^error: this is a bug in canary: TypeError: x is not a function\n {4}at /);
    expect(err).toMatch(/\nnext: .*report these lines/);
  });

  test('the stack of a known error is shown only with --debug', async () => {
    const error = new UnreachableError('gone');
    expect((await failing(error)).err).not.toContain('main.test.ts');
    expect((await failing(error, '--debug')).err).toContain('main.test.ts');
  });

  test('foreign text in a message cannot drive the terminal, a CI runner, or show a password', async () => {
    const { err } = await failing(new UnreachableError('a\u001b[31m\r::error::x\n::set-output x=y http://ana:secret@db/x?token=abc'));
    expect(err).not.toMatch(/[\u001b\r]|^::|secret|abc/m);
    expect(err).toContain('http://db/x?');
  });
});
