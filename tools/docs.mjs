// Writes the tables of the docs from the data that the code itself works by: fields, commands, exit codes. With --check it writes nothing and
// fails naming every file that is not up to date. It must not hold a fact of its own that the code could tell.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const generated = '<!-- Written by `npm run docs` from the sources. Change them, not this page. -->';

/** Every generated file with what should stand in it. `facts`: of factsOf; `read` gives a file's text. */
export function pages(facts, read = textOf) {
  return {
    'docs/spec.md': specPage(facts),
    'docs/commands.md': commandsPage(facts),
    'docs/exit-codes.md': exitCodesPage(facts.exitCodes),
    'README.md': between('README.md', { name: 'exit-codes', part: exitCodesTable(facts.exitCodes) }, read),
    'docs/strategies.md': between('docs/strategies.md', { name: 'routers', part: routersTable(facts.routerAbilities) }, read),
  };
}

/** The files whose text is not what it should be. */
export function outdated(wanted, read = textOf) {
  return Object.entries(wanted).flatMap(([file, text]) => (read(file) === text ? [] : [file]));
}

function textOf(file) {
  const path = join(root, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function specPage({ rows, routerAbilities }) {
  const kinds = [...new Set(rows.map(({ kind }) => kind))];
  return page([
    '# The fields of a file',
    generated,
    'Every field of Flagger’s `flagger.app/v1beta1` is read and checked. *Driven* says whether a release obeys it today: a field that is not driven is' +
      ' refused by name (exit 3) as soon as it says something, so that nothing in a file is passed over in silence. Unknown fields are refused too, with the' +
      ' nearest known name. Files of `flagger.app/v1alpha3` are converted when they are read (`canaryAnalysis`, `metric.threshold`, its provider names).',
    `Of some driven fields not every value is: \`provider\` takes ${Object.keys(routerAbilities)
      .map((id) => `\`${id}\``)
      .join(', ')} (and \`smi:v1alphaN:<mesh>\`), \`targetRef.kind\` takes \`Deployment\`, \`autoscalerRef.kind\` takes` +
      ' `HorizontalPodAutoscaler`, `provider.type` of a MetricTemplate takes `prometheus`. The others are refused by name as well. Which provider can' +
      ' do what: [strategies.md](strategies.md). Fields for which a provider has no place are taken with a note that says so.',
    ...kinds.flatMap((kind) => kindPart(kind, rows)),
  ]);
}

function kindPart(kind, all) {
  const rows = all.filter((row) => row.kind === kind);
  const sections = kind === 'Canary' ? ['', 'spec', 'spec.service', 'spec.analysis'] : [''];
  return [
    `## ${kind}`,
    ...sections.flatMap((section) => {
      const own = rows.filter((row) => sectionOf(row.path, sections) === section);
      return [...(section === '' ? [] : [`### ${section}`]), fieldTable(own, section)];
    }),
  ];
}

/** The longest section that the field stands under. */
function sectionOf(path, sections) {
  return sections.filter((section) => section === '' || path.startsWith(`${section}.`)).sort((a, b) => b.length - a.length)[0];
}

/** Fields that somebody else writes and nothing reads stand in one row. */
function fieldTable(rows, section) {
  const name = (path) => `\`${section === '' ? path : path.slice(section.length + 1)}\``;
  const groups = rows.reduce((all, row) => {
    const last = all.at(-1);
    if (isUnused(row) && last && last[0].doc === row.doc) return [...all.slice(0, -1), [...last, row]];
    return [...all, [row]];
  }, []);
  const cells = groups.map((group) => {
    const [row] = group;
    const driven = isUnused(row) ? '' : row.later === undefined ? 'yes' : `no: ${row.later}`;
    const value = row.required ? 'required' : shown(row.default);
    return [group.map(({ path }) => name(path)).join(', '), row.type, value, driven, row.doc];
  });
  return table(['Field', 'Type', 'Default', 'Driven', 'What it is'], cells);
}

function isUnused({ doc }) {
  return doc.endsWith('accepted and not used.');
}

function shown(value) {
  return value === '' ? '' : `\`${value}\``;
}

function commandsPage({ commands, commonFlags }) {
  return page([
    '# Commands',
    generated,
    'stdout carries the result, stderr everything else. Exit codes: [exit-codes.md](exit-codes.md).',
    ...commands.flatMap((command) => [
      `## canary ${command.name}`,
      `${command.summary[0].toUpperCase()}${command.summary.slice(1)}.`,
      block([`canary ${command.name}${command.flags.length ? ' [flags]' : ''}${command.args ? ` ${command.args}` : ''}`]),
      ...command.examples.map(({ does, type }) => `${does[0].toUpperCase()}${does.slice(1)}:\n\n${block([type])}`),
      ...(command.flags.length ? [flagTable(command.flags)] : []),
    ]),
    '## Flags of every command',
    flagTable(commonFlags),
  ]);
}

function flagTable(flags) {
  const cells = flags.map((flag) => [
    `\`${flag.flags}\``,
    shown(flag.default ?? ''),
    `${flag.text}${flag.choices ? `: ${flag.choices.map((choice) => `\`${choice}\``).join(', ')}` : ''}`,
  ]);
  return table(['Flag', 'Default', 'What it does'], cells);
}

function exitCodesPage(exitCodes) {
  return page([
    '# Exit codes',
    generated,
    'The same table as `canary help exit-codes`. 10 to 15: the release did not go through, and traffic is where it is safe. 20: nobody knows, so a person must look.',
    exitCodesTable(exitCodes),
    'Of several canaries in one run: 20 if any has it, else the highest of 10 to 15, else the highest of the rest. The last line of a run says it too:' +
      ' `result=… exit=… revision=… changed=…`, with `-o ndjson` the last object.',
  ]);
}

function exitCodesTable(exitCodes) {
  return table(
    ['Code', 'Meaning', 'Traffic'],
    exitCodes.map(({ code, meaning, traffic }) => [String(code), meaning, traffic]),
  );
}

/** What each router can do, in the words of the strategies. Blue/green needs nothing but the apex Service. */
function routersTable(abilities) {
  const can = (is) => (is ? 'yes' : 'no');
  const rows = Object.entries(abilities).map(([id, { split, match, mirror, affinity }]) => [
    `\`${id}\``,
    can(split),
    can(mirror),
    'yes',
    can(mirror),
    can(match),
    can(affinity),
    'yes',
  ]);
  const head = [
    'Provider',
    'Weights',
    'Mirror, then weights',
    'Blue/green',
    'Blue/green on copies',
    'A/B',
    'Session affinity',
    '`skipAnalysis`',
  ];
  return table(head, rows);
}

/** The file's text with what stands between its two markers replaced. */
function between(file, { name, part }, read) {
  const text = read(file);
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${file} has no markers ${begin} and ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${part}\n\n${text.slice(to)}`;
}

function page(parts) {
  return `${parts.join('\n\n')}\n`;
}

function block(lines) {
  return lines.map((line) => `    ${line}`).join('\n');
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** A bar would end the cell even in code; an angle bracket outside of code would be taken for a tag. */
function cell(text) {
  const safe = text.startsWith('`') ? text : text.replace(/</g, '&lt;');
  return safe.replace(/\|/g, '\\|').replace(/\n/g, ' ');
}

const entry = `
export { fieldRows, flaggerKinds } from './src/spec/documents.ts';
export { commands } from './src/cli/commands/index.ts';
export { commonFlags } from './src/cli/flags.ts';
export { exitCodes } from './src/runner/exit.ts';
export { routerAbilities } from './src/spec/providers.ts';
`;

/** What the pages are made of, out of the modules that hold it. */
export function factsOf({ fieldRows, flaggerKinds, commands, commonFlags, exitCodes, routerAbilities }) {
  const isRequired = ({ kind, path }) => {
    const names = path.replaceAll('[]', '').split('.');
    return names.reduce((field, name) => (field.fields ?? field.item.fields)[name], flaggerKinds[kind]).required;
  };
  return { commands, commonFlags, exitCodes, routerAbilities, rows: fieldRows().map((row) => ({ ...row, required: isRequired(row) })) };
}

/** The sources' own data, by a bundle that is used once: Node 20 reads no TypeScript. */
async function load() {
  const { build } = await import('esbuild');
  const folder = mkdtempSync(join(tmpdir(), 'canary-docs-'));
  try {
    const outfile = join(folder, 'facts.mjs');
    await build({
      stdin: { contents: entry, resolveDir: root },
      absWorkingDir: root,
      bundle: true,
      format: 'esm',
      platform: 'node',
      outfile,
      // What commands do is loaded when they are called: here they never are.
      external: ['./*.run.ts'],
      logLevel: 'warning',
    });
    return factsOf(await import(pathToFileURL(outfile).href));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await import('./setup.mjs');
  const wanted = pages(await load());
  const stale = outdated(wanted);
  const check = process.argv.includes('--check');
  if (!check) for (const file of stale) writeFileSync(join(root, file), wanted[file]);
  for (const file of stale) console.log(check ? `${file} is not up to date: run npm run docs` : `${file} written`);
  if (check && stale.length) process.exitCode = 1;
}
