// What an action comes to: a fixed set of functions over names and the user's own variables. It must never reach anything else.
import { TemplateError } from './error.ts';
import { len, print, printf, println, shown, type Value } from './format.ts';
import type { Command, Operand } from './parse.ts';

export interface TemplateVars {
  readonly name: string;
  readonly namespace: string;
  readonly target: string;
  readonly service: string;
  readonly ingress: string;
  readonly route: string;
  readonly interval: string;
  readonly variables: Readonly<Record<string, string>>;
}

type Builtin = (values: readonly Value[]) => Value;

const known = ['name', 'namespace', 'target', 'service', 'ingress', 'route', 'interval', 'variables'] as const;
const builtins: Readonly<Record<string, Builtin>> = {
  print,
  println,
  printf: ([format, ...values]) => printf(format, values),
  len: (values) => len(only(values, 'len')),
  index: ([of, key, ...more]) => {
    if (typeof of !== 'object') throw new Error('index takes variables and a key');
    if (key === undefined) return of;
    if (typeof key !== 'string' || more.length) throw new Error('index takes variables and one key');
    return field(of, key);
  },
};

export function functionNames(): string[] {
  return [...known, ...Object.keys(builtins)];
}

/** The text that stands where the action stood. */
export function evaluate(pipeline: readonly Command[], vars: TemplateVars): string {
  return at(pipeline[0]?.[0].at ?? 0, () => shown(valueOf(pipeline, vars)));
}

function valueOf(pipeline: readonly Command[], vars: TemplateVars): Value {
  let piped: Value[] = [];
  for (const command of pipeline) piped = [commandValue(command, piped, vars)];
  return piped[0] ?? '';
}

function commandValue([first, ...rest]: Command, piped: readonly Value[], vars: TemplateVars): Value {
  const values = [...rest.map((operand) => operandValue(operand, vars)), ...piped];
  if (first.is === 'function') return call(first, values, vars);
  if (values.length) throw new TemplateError('only a function takes values', first.at);
  return operandValue(first, vars);
}

function operandValue(operand: Operand, vars: TemplateVars): Value {
  switch (operand.is) {
    case 'value':
      return operand.value;
    case 'function':
      return call(operand, [], vars);
    case 'pipeline':
      return valueOf(operand.commands, vars);
    case 'field': {
      const of = operandValue(operand.of, vars);
      return at(operand.at, () => field(of, operand.name));
    }
  }
}

function call({ name, at: place }: { name: string; at: number }, values: readonly Value[], vars: TemplateVars): Value {
  const word = known.find((each) => each === name);
  if (word) {
    if (values.length) throw new TemplateError(`${name} takes no values`, place);
    return vars[word];
  }
  const builtin = Object.hasOwn(builtins, name) ? builtins[name] : undefined;
  if (!builtin) throw new TemplateError(`there is no function ${name} here; known: ${functionNames().join(', ')}`, place);
  return at(place, () => builtin(values));
}

function field(of: Value, name: string): string {
  if (typeof of !== 'object') throw new Error(`a text has no field ${name}`);
  const value = Object.hasOwn(of, name) ? of[name] : undefined;
  if (value === undefined) throw new Error(`templateVariables has no ${JSON.stringify(name)}`);
  return value;
}

function only(values: readonly Value[], name: string): Value | undefined {
  if (values.length !== 1) throw new Error(`${name} takes one value`);
  return values[0];
}

/** Whatever is wrong within is wrong at this place. */
function at<T>(place: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof TemplateError || !(error instanceof Error)) throw error;
    throw new TemplateError(error.message, place);
  }
}
