// PromQL text to an expression, by Prometheus' own grammar. It must refuse by name what it does not turn into one.
import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode } from '@lezer/common';
import { checkCount, known } from './calls.ts';
import { numeral, rangeMs, unquoted } from './text.ts';
import { refused, PromqlError, type AggregateName, type BinaryOp, type Expr, type Matcher, type Matching } from './types.ts';

const aggregates: Readonly<Record<string, AggregateName>> = { Sum: 'sum', Avg: 'avg', Max: 'max', Min: 'min', Count: 'count' };
const operators: Readonly<Record<string, BinaryOp>> = {
  ...{ Add: '+', Sub: '-', Mul: '*', Div: '/', Mod: '%', Pow: '^' },
  ...{ Eql: '==', Neq: '!=', Gtr: '>', Lss: '<', Gte: '>=', Lte: '<=' },
  ...{ And: 'and', Or: 'or', Unless: 'unless' },
};
const matchOps: Readonly<Record<string, Matcher['op']>> = { EqlSingle: '=', Neq: '!=', EqlRegex: '=~', NeqRegex: '!~' };

export function parse(query: string): Expr {
  const tree = parser.parse(query);
  const text = (node: SyntaxNode) => query.slice(node.from, node.to);
  if (parts(tree.topNode).every((child) => child.type.isError)) throw new PromqlError('bad_data', 'no expression found in input');
  tree.iterate({
    enter(node) {
      if (!node.type.isError) return;
      const found = query.slice(node.from, node.to) || query.slice(node.from).trim().slice(0, 20) || 'end of input';
      throw new PromqlError('bad_data', `1:${node.from + 1}: parse error: unexpected ${found}`);
    },
  });
  return only(tree.topNode, text);
}

type TextOf = (node: SyntaxNode) => string;

function parts(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) if (child.name !== 'LineComment') found.push(child);
  return found;
}

/** The only part of that name, or undefined. */
function part(node: SyntaxNode, name: string): SyntaxNode | undefined {
  return parts(node).find((child) => child.name === name);
}

function expression(node: SyntaxNode, text: TextOf): Expr {
  const inner = parts(node);
  switch (node.name) {
    case 'ParenExpr':
      return only(node, text);
    case 'NumberDurationLiteral':
      return { is: 'number', value: signed(text(node)) };
    case 'VectorSelector':
      return { is: 'select', matchers: matchers(node, text) };
    case 'MatrixSelector':
      return range(node, text);
    case 'FunctionCall':
      return call(node, text);
    case 'AggregateExpr':
      return aggregate(node, text);
    case 'BinaryExpr':
      return binary(inner, text);
    case 'UnaryExpr': {
      const [sign, operand] = inner;
      if (!sign || !operand) throw refused(text(node));
      const of = expression(operand, text);
      return text(sign) === '-' ? { is: 'negate', of } : of;
    }
    default:
      throw refused(names[node.name] ?? `${node.name} (${text(node)})`);
  }
}

const names: Readonly<Record<string, string>> = {
  OffsetExpr: 'offset',
  StepInvariantExpr: 'the modifier @',
  SubqueryExpr: 'subqueries',
  AnchoredExpr: 'anchored',
  SmoothedExpr: 'smoothed',
  StringLiteral: 'a text as an expression',
};

function only(node: SyntaxNode, text: TextOf): Expr {
  const [inner, more] = parts(node);
  if (!inner || more) throw refused(text(node));
  return expression(inner, text);
}

function signed(text: string): number {
  const [, sign, digits = ''] = /^([+-]?)\s*([^]*)$/.exec(text) ?? [];
  return sign === '-' ? -numeral(digits) : numeral(digits);
}

function range(node: SyntaxNode, text: TextOf): Expr {
  const [selector, length] = parts(node);
  if (selector?.name !== 'VectorSelector' || !length) throw new PromqlError('bad_data', 'ranges only allowed for vector selectors');
  const [literal, more] = parts(length);
  if (literal?.name !== 'NumberDurationLiteralInDurationContext' || more) throw refused(`the duration ${text(length)}`);
  return { is: 'range', matchers: matchers(selector, text), ms: rangeMs(text(literal)) };
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

function quotedText(node: SyntaxNode, text: TextOf): string {
  return unquoted(text(node));
}

function call(node: SyntaxNode, text: TextOf): Expr {
  const called = part(node, 'FunctionIdentifier');
  const body = part(node, 'FunctionCallBody');
  if (!called || !body) throw refused(text(node));
  const name = text(called);
  const fn = known(name);
  if (!fn) throw refused(`the function ${name}`);
  const args = parts(body);
  checkCount(name, fn, args.length);
  return { is: 'call', name, args: args.map((arg) => expression(arg, text)) };
}

function aggregate(node: SyntaxNode, text: TextOf): Expr {
  const op = part(node, 'AggregateOp');
  const body = part(node, 'FunctionCallBody');
  if (!op || !body) throw refused(text(node));
  const known = aggregates[parts(op)[0]?.name ?? ''];
  if (!known) throw refused(`the aggregation ${text(op)}`);
  const [of, more] = parts(body);
  if (!of || more)
    throw new PromqlError('bad_data', `wrong number of arguments for aggregate expression provided, expected 1, got ${parts(body).length}`);
  const modifier = part(node, 'AggregateModifier');
  return {
    is: 'aggregate',
    op: known,
    by: !modifier || part(modifier, 'By') !== undefined,
    labels: modifier ? grouping(modifier, text) : [],
    of: expression(of, text),
  };
}

function grouping(node: SyntaxNode, text: TextOf): string[] {
  const list = part(node, 'GroupingLabels');
  return list ? parts(list).map((label) => (label.name === 'QuotedLabelName' ? quotedText(label, text) : text(label))) : [];
}

function binary(inner: SyntaxNode[], text: TextOf): Expr {
  const [left, sign] = inner;
  const right = inner.at(-1);
  const op = sign && operators[sign.name];
  if (!left || !right || !op) throw refused(`the operator ${sign ? text(sign) : ''}`);
  let bool = false;
  let matching: Matching = { on: false, labels: [] };
  for (const modifier of inner.slice(2, -1)) {
    if (modifier.name === 'BoolModifier') bool = true;
    else if (modifier.name === 'MatchingModifierClause' && !part(modifier, 'GroupLeft') && !part(modifier, 'GroupRight')) {
      matching = { on: part(modifier, 'On') !== undefined, labels: grouping(modifier, text) };
    } else throw refused(text(modifier));
  }
  const of = { op, bool, matching, right: expression(right, text) };
  // The grammar reads -1 ^ 2 as (-1) ^ 2, Prometheus as -(1 ^ 2).
  const negative = op === '^' && left.name === 'NumberDurationLiteral' && text(left).startsWith('-');
  if (negative) return { is: 'negate', of: { is: 'binary', ...of, left: { is: 'number', value: -signed(text(left)) } } };
  return { is: 'binary', ...of, left: expression(left, text) };
}
