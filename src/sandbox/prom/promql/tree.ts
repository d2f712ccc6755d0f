// Ways about the tree that Prometheus' grammar makes of a query. It must not know what nodes mean.
import type { SyntaxNode } from '@lezer/common';

export type TextOf = (node: SyntaxNode) => string;

export function parts(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) if (child.name !== 'LineComment') found.push(child);
  return found;
}

/** The only part of that name, or undefined. */
export function part(node: SyntaxNode, name: string): SyntaxNode | undefined {
  return parts(node).find((child) => child.name === name);
}
