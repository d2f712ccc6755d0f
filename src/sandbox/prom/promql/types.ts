// A PromQL query after parsing, and what it may come to. Types only, and the error that refuses one.
import type { Labels } from '../series.ts';

export interface Matcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

export type AggregateName = 'sum' | 'avg' | 'max' | 'min' | 'count' | 'group' | 'stddev' | 'stdvar' | 'topk' | 'bottomk' | 'quantile';
export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '^';
export type ComparisonOp = '==' | '!=' | '>' | '<' | '>=' | '<=';
export type SetOp = 'and' | 'or' | 'unless';
export type BinaryOp = ArithmeticOp | ComparisonOp | SetOp;

/** on(labels), or else ignoring(labels). */
export interface Matching {
  readonly on: boolean;
  readonly labels: readonly string[];
  /** group_left or group_right; left out: one to one. */
  readonly group?: { readonly many: 'left' | 'right'; readonly include: readonly string[] };
}

export interface Binary {
  readonly is: 'binary';
  readonly op: BinaryOp;
  readonly bool: boolean;
  readonly matching: Matching;
  readonly left: Expr;
  readonly right: Expr;
}

/** by (labels), or else without (labels). */
export interface Aggregate {
  readonly is: 'aggregate';
  readonly op: AggregateName;
  readonly by: boolean;
  readonly labels: readonly string[];
  /** How many, or which quantile; of those that ask for it. */
  readonly parameter?: Expr;
  readonly of: Expr;
}

export type Expr =
  | { readonly is: 'number'; readonly value: number }
  /** `offset`: so many milliseconds earlier. */
  | { readonly is: 'select'; readonly matchers: readonly Matcher[]; readonly offset: number }
  | { readonly is: 'range'; readonly matchers: readonly Matcher[]; readonly ms: number; readonly offset: number }
  | { readonly is: 'call'; readonly name: string; readonly args: readonly Expr[] }
  /** `labels`: those that the missing series would have. */
  | { readonly is: 'absent'; readonly name: string; readonly labels: Labels; readonly of: Expr }
  | Aggregate
  | { readonly is: 'negate'; readonly of: Expr }
  | Binary;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** With the time that it was taken at, in milliseconds since 1970. */
export interface StampedSample extends Sample {
  readonly time: number;
}

export interface Range {
  readonly labels: Labels;
  readonly times: readonly number[];
  readonly values: readonly number[];
}

export type Value =
  | { readonly is: 'scalar'; readonly value: number }
  | { readonly is: 'vector'; readonly samples: readonly Sample[] }
  /** `from` and `to`: the borders of the range, in milliseconds. */
  | { readonly is: 'matrix'; readonly series: readonly Range[]; readonly from: number; readonly to: number };

/** bad_data: not PromQL. execution: PromQL, but it has no result, or the sandbox does not speak it. */
export class PromqlError extends Error {
  constructor(
    readonly type: 'bad_data' | 'execution',
    message: string,
  ) {
    super(message);
    this.name = 'PromqlError';
  }
}

export function refused(what: string): PromqlError {
  return new PromqlError('execution', `the sandbox's Prometheus does not know ${what}`);
}
