// Reads the sessions of a walk-through: fenced console blocks, where a line that begins with `$ ` is typed and the rest is what comes back.
// It must not run anything.
import { readFileSync, writeFileSync } from 'node:fs';
import { normalLines } from './normal.ts';

export const examples = new URL('../../examples/', import.meta.url);

export interface Step {
  readonly typed: string;
  readonly shown: readonly string[];
}

export function stepsOf(folder: string): Step[] {
  const text = textOf(folder);
  return [...text.matchAll(/^```console\n(.*?)^```$/gms)].flatMap(([, block = '']) => stepsIn(block));
}

/** The lines of its shell blocks: what is typed where there is a real cluster. */
export function preparationsOf(folder: string): string[] {
  return [...textOf(folder).matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = '']) => block.replace(/\n$/, '').split('\n'));
}

function textOf(folder: string): string {
  return readFileSync(new URL(`${folder}/README.md`, examples), 'utf8');
}

function stepsIn(block: string): Step[] {
  const steps: { typed: string; shown: string[] }[] = [];
  for (const line of block.replace(/\n$/, '').split('\n')) {
    if (line.startsWith('$ ')) steps.push({ typed: line.slice(2), shown: [] });
    else if (steps.length) steps.at(-1)?.shown.push(line);
    else throw new Error(`output without a command: ${line}`);
  }
  return steps;
}

/** A line that stands for any number of lines. */
export const leftOut = '…';

/** Whether the lines are those shown, apart from what is different every time. */
export function isAsShown(lines: readonly string[], shown: readonly string[]): boolean {
  return fits(normalLines(lines), normalLines(shown));
}

function fits(lines: readonly string[], shown: readonly string[]): boolean {
  const [first, ...rest] = shown;
  if (first === undefined) return lines.length === 0;
  if (first !== leftOut) return lines[0] === first && fits(lines.slice(1), rest);
  return fits(lines, rest) || (lines.length > 0 && fits(lines.slice(1), shown));
}

/** Puts what came out in the place of what was shown. */
export function rewrite(folder: string, played: readonly (Step & { readonly lines: readonly string[] })[]): void {
  const file = new URL(`${folder}/README.md`, examples);
  const rest = [...played];
  const text = readFileSync(file, 'utf8').replace(/(?<=^```console\n).*?(?=^```$)/gms, (block) => {
    const steps = rest.splice(0, stepsIn(block).length);
    const lines = steps.flatMap(({ typed, shown, lines: said }) => [`$ ${typed}`, ...(shown.includes(leftOut) ? shown : said)]);
    return lines.map((line) => `${line}\n`).join('');
  });
  writeFileSync(file, text);
}
