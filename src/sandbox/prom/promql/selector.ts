// Selectors of series in a query: matchers, ranges, offsets. It must refuse by name what it does not turn into one.
import type { SyntaxNode } from '@lezer/common';
import { rangeMs, unquoted } from './text.ts';
import { part, parts, type TextOf } from './tree.ts';
import { refused, PromqlError, type Expr, type Matcher } from './types.ts';

const matchOps: Readonly<Record<string, Matcher['op']>> = { EqlSingle: '=', Neq: '!=', EqlRegex: '=~', NeqRegex: '!~' };

/** One moment's samples, a range of them, or either of an earlier time. */
export function selection(node: SyntaxNode, text: TextOf): Expr {
  if (node.name === 'VectorSelector') return { is: 'select', matchers: matchers(node, text), offset: 0 };
  if (node.name === 'MatrixSelector') return range(node, text);
  const [selected, , offset] = parts(node);
  if (selected?.name === 'OffsetExpr') throw new PromqlError('bad_data', 'offset may not be set multiple times');
  if (selected?.name !== 'VectorSelector' && selected?.name !== 'MatrixSelector') {
    const refusedHere = selected && ['SubqueryExpr', 'StepInvariantExpr'].includes(selected.name);
    if (refusedHere) throw refused('offset of that');
    throw new PromqlError('bad_data', 'offset modifier must be preceded by an instant vector selector or range vector selector');
  }
  const of = selection(selected, text);
  return of.is === 'select' || of.is === 'range' ? { ...of, offset: offsetMs(offset, text) } : of;
}

/** Later than asked for is a negative one. */
function offsetMs(node: SyntaxNode | undefined, text: TextOf): number {
  const literal = node && text(node);
  if (literal === undefined || !/^-?[0-9a-z]+$/.test(literal)) throw refused(`the duration ${literal ?? ''}`);
  return literal.startsWith('-') ? -rangeMs(literal.slice(1)) : rangeMs(literal);
}

function range(node: SyntaxNode, text: TextOf): Expr {
  const [selector, length] = parts(node);
  if (selector?.name !== 'VectorSelector' || !length) throw new PromqlError('bad_data', 'ranges only allowed for vector selectors');
  const [literal, more] = parts(length);
  if (literal?.name !== 'NumberDurationLiteralInDurationContext' || more) throw refused(`the duration ${text(length)}`);
  return { is: 'range', matchers: matchers(selector, text), ms: rangeMs(text(literal)), offset: 0 };
}

function matchers(node: SyntaxNode, text: TextOf): Matcher[] {
  const found: Matcher[] = [];
  const name = part(node, 'Identifier');
  const list = part(node, 'LabelMatchers');
  for (const child of list ? parts(list) : []) {
    if (child.name === 'QuotedLabelName') {
      found.push({ label: '__name__', op: '=', value: quotedText(child, text) });
      continue;
    }
    const [label, op, value] = parts(child);
    const kind = op && matchOps[parts(op)[0]?.name ?? ''];
    if (!label || !kind || !value) throw refused(`the matcher ${text(child)}`);
    found.push({ label: label.name === 'QuotedLabelName' ? quotedText(label, text) : text(label), op: kind, value: unquoted(text(value)) });
  }
  if (name && found.some(({ label }) => label === '__name__')) throw new PromqlError('bad_data', 'metric name must not be set twice');
  if (name) found.unshift({ label: '__name__', op: '=', value: text(name) });
  return found;
}

export function quotedText(node: SyntaxNode, text: TextOf): string {
  return unquoted(text(node));
}
