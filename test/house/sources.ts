// The sources as data, for the tests of the house's own rules.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import ts from 'typescript';

export const root = join(import.meta.dirname, '../..');

export interface Source {
  /** Relative to the root: 'src/core/decide.ts'. */
  path: string;
  tree: ts.SourceFile;
}

export function sourcesUnder(folder: string): Source[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()
    .map((path) => ({ path, tree: ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true) }));
}

export interface Import {
  from: string;
  /** A path of the house, or a package's name. */
  to: string;
  typeOnly: boolean;
  lazy: boolean;
}

export function importsOf({ path, tree }: Source): Import[] {
  const out: Import[] = [];
  const add = (specifier: ts.Expression | undefined, typeOnly: boolean, lazy: boolean): void => {
    if (!specifier || !ts.isStringLiteral(specifier)) return;
    const text = specifier.text;
    out.push({ from: path, to: text.startsWith('.') ? normalize(join(dirname(path), text)) : text, typeOnly, lazy });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword, false);
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly, false);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], false, true);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return out;
}

/** The room a path lies in: 'src/core/phases/home.ts' is in 'core', 'src/kit.ts' is 'kit'. */
export function roomOf(path: string): string {
  return (path.split('/')[1] ?? '').replace(/\.ts$/, '');
}
