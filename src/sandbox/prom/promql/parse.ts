// PromQL text to an expression, by Prometheus' own grammar. It must refuse by name what it does not turn into one.
import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode } from '@lezer/common';
import { checkCount, known, wrongCount } from './calls.ts';
import { quotedText, selection } from './selector.ts';
import { numeral } from './text.ts';
import { part, parts, type TextOf } from './tree.ts';
import { refused, PromqlError, type AggregateName, type BinaryOp, type Expr, type Matching } from './types.ts';

const aggregates: Readonly<Record<string, AggregateName>> = {
  ...{ Sum: 'sum', Avg: 'avg', Max: 'max', Min: 'min', Count: 'count', Group: 'group', Stddev: 'stddev', Stdvar: 'stdvar' },
  ...{ Topk: 'topk', Bottomk: 'bottomk', Quantile: 'quantile' },
};
const parametric: readonly AggregateName[] = ['topk', 'bottomk', 'quantile'];
const operators: Readonly<Record<string, BinaryOp>> = {
  ...{ Add: '+', Sub: '-', Mul: '*', Div: '/', Mod: '%', Pow: '^' },
  ...{ Eql: '==', Neq: '!=', Gtr: '>', Lss: '<', Gte: '>=', Lte: '<=' },
  ...{ And: 'and', Or: 'or', Unless: 'unless' },
};

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

function expression(node: SyntaxNode, text: TextOf): Expr {
  const inner = parts(node);
  switch (node.name) {
    case 'ParenExpr':
      return only(node, text);
    case 'NumberDurationLiteral':
      return { is: 'number', value: signed(text(node)) };
    case 'VectorSelector':
    case 'MatrixSelector':
    case 'OffsetExpr':
      return selection(node, text);
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
    case 'StringLiteral':
      if (!/^(["'`])[^]*\1$/.test(text(node)) || text(node).length < 2) throw new PromqlError('bad_data', 'unterminated quoted string');
      throw refused('a text as an expression');
    default:
      throw refused(names[node.name] ?? `${node.name} (${text(node)})`);
  }
}

const names: Readonly<Record<string, string>> = {
  StepInvariantExpr: 'the modifier @',
  SubqueryExpr: 'subqueries',
  AnchoredExpr: 'anchored',
  SmoothedExpr: 'smoothed',
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

function call(node: SyntaxNode, text: TextOf): Expr {
  const called = part(node, 'FunctionIdentifier');
  const body = part(node, 'FunctionCallBody');
  if (!called || !body) throw refused(text(node));
  const name = text(called);
  if (name === 'absent' || name === 'absent_over_time') return absent(name, parts(body), text);
  const fn = known(name);
  if (!fn) throw refused(`the function ${name}`);
  const args = parts(body);
  checkCount(name, fn, args.length);
  return { is: 'call', name, args: args.map((arg) => expression(arg, text)) };
}

function absent(name: string, [of, more]: SyntaxNode[], text: TextOf): Expr {
  if (!of || more) throw wrongCount(name, { expected: '1', got: of ? 2 : 0 });
  const parsed = expression(of, text);
  // A label that is asked for otherwise later on, or twice, tells nothing.
  const matchers = parsed.is === 'select' || parsed.is === 'range' ? parsed.matchers : [];
  const labels = new Map<string, string>();
  for (const { label, op, value } of matchers.filter(({ label }) => label !== '__name__')) {
    if (op === '=' && value !== '' && !labels.has(label)) labels.set(label, value);
    else labels.delete(label);
  }
  return { is: 'absent', name, labels: Object.fromEntries(labels), of: parsed };
}

function aggregate(node: SyntaxNode, text: TextOf): Expr {
  const op = part(node, 'AggregateOp');
  const body = part(node, 'FunctionCallBody');
  if (!op || !body) throw refused(text(node));
  const known = aggregates[parts(op)[0]?.name ?? ''];
  if (!known) throw refused(`the aggregation ${text(op)}`);
  const args = parts(body);
  const expected = parametric.includes(known) ? 2 : 1;
  const of = args.at(-1);
  if (!of || args.length !== expected) {
    const got = `expected ${expected}, got ${args.length}`;
    throw new PromqlError('bad_data', `wrong number of arguments for aggregate expression provided, ${got}`);
  }
  const [parameter] = args;
  const modifier = part(node, 'AggregateModifier');
  return {
    is: 'aggregate',
    op: known,
    by: !modifier || part(modifier, 'By') !== undefined,
    labels: modifier ? grouping(modifier, text) : [],
    ...(parameter && expected === 2 ? { parameter: expression(parameter, text) } : {}),
    of: expression(of, text),
  };
}

function grouping(node: SyntaxNode, text: TextOf): string[] {
  return labelsOf(part(node, 'GroupingLabels'), text);
}

function labelsOf(list: SyntaxNode | undefined, text: TextOf): string[] {
  return list ? parts(list).map((label) => (label.name === 'QuotedLabelName' ? quotedText(label, text) : text(label))) : [];
}

function matchingOf(node: SyntaxNode, text: TextOf): Matching {
  const clause = parts(node);
  const i = clause.findIndex(({ name }) => name === 'GroupLeft' || name === 'GroupRight');
  const plain = { on: part(node, 'On') !== undefined, labels: labelsOf(clause[1], text) };
  if (i === -1) return plain;
  const include = labelsOf(clause[i + 1], text);
  const twice = plain.on && include.find((label) => plain.labels.includes(label));
  if (twice) throw new PromqlError('bad_data', `label "${twice}" must not occur in ON and GROUP clause at once`);
  return { ...plain, group: { many: clause[i]?.name === 'GroupLeft' ? 'left' : 'right', include } };
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
    else if (modifier.name === 'MatchingModifierClause') matching = matchingOf(modifier, text);
    else throw refused(text(modifier));
  }
  const of = { op, bool, matching, right: expression(right, text) };
  // The grammar reads -1 ^ 2 as (-1) ^ 2, Prometheus as -(1 ^ 2).
  const negative = op === '^' && left.name === 'NumberDurationLiteral' && text(left).startsWith('-');
  if (negative) return { is: 'negate', of: { is: 'binary', ...of, left: { is: 'number', value: -signed(text(left)) } } };
  return { is: 'binary', ...of, left: expression(left, text) };
}
