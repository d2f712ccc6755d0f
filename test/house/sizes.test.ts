// A file fits on a few screens, a function on one: 200 and 40 lines of code, three positional parameters. Tables of data are exempt by name.
import { expect, test } from '@jest/globals';
import ts from 'typescript';
import { sourcesUnder, type Source } from './sources.ts';

const sources = sourcesUnder('src');

/** Lines of code between two positions: blank ones and comments do not count. */
function codeLines(tree: ts.SourceFile, from: number, to: number): number {
  const text = tree.text.slice(from, to).replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ''));
  return text.split('\n').filter((line) => line.trim() && !line.trim().startsWith('//')).length;
}

interface Sized {
  name: string;
  lines: number;
  parameters: number;
}

function functionsOf({ path, tree }: Source): Sized[] {
  const out: Sized[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isFunctionLike(node) && 'body' in node && node.body) || ts.isArrowFunction(node)) {
      const positional = node.parameters.filter(({ dotDotDotToken, name }) => !dotDotDotToken && name.getText() !== 'this');
      const { line } = tree.getLineAndCharacterOfPosition(node.getStart());
      out.push({ name: `${path}:${line + 1}`, lines: codeLines(tree, node.getStart(), node.end), parameters: positional.length });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return out;
}

const functions = sources.flatMap(functionsOf);

test('there are functions to be measured', () => {
  expect(functions.length).toBeGreaterThan(500);
});

test('no file has more than 200 lines of code', () => {
  const long = sources.map(({ path, tree }) => ({ path, lines: codeLines(tree, 0, tree.end) })).filter(({ lines }) => lines > 200);
  expect(long).toEqual([]);
});

test('no function has more than 40 lines of code', () => {
  expect(functions.filter(({ lines }) => lines > 40)).toEqual([]);
});

test('no function takes more than three positional parameters', () => {
  expect(functions.filter(({ parameters }) => parameters > 3)).toEqual([]);
});
