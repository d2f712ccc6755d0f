// What differs between two clusters though nothing is wrong: names' random ends, times, addresses, columns' widths. It must not hide more.
import type { Apart, Command } from './commands.ts';
import type { Printed } from './side.ts';

const RULES: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'UID'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME'],
  [/\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, 'TIME'],
  [/\b(\d{1,3}\.){3}\d{1,3}\b/g, 'IP'],
  [/\bhttps?:\/\/(IP|localhost):\d+/g, 'SERVER'],
  // A pod of a ReplicaSet, a ReplicaSet, an EndpointSlice, an Event.
  [/\b(web|shop)-[a-z0-9]{8,10}-[a-z0-9]{5}\b/g, '$1-HASH-RANDOM'],
  [/\b(web|shop)-[bcdfghjklmnpqrstvwxz0-9]{8,10}\b/g, '$1-HASH'],
  [/\b(web|shop|plain|open)-[bcdfghjklmnpqrstvwxz0-9]{5}\b/g, '$1-RANDOM'],
  [/\b(web|shop)\.[a-z0-9]{16}\b/g, '$1.RANDOM'],
  // The port of every node that a Service was given.
  [/\b3[0-2]\d{3}\b(?=\/|,|$)/g, 'NODEPORT'],
  [/(pod-template-hash"?[=:] ?"?)[a-z0-9]+/g, '$1HASH'],
  [/("?resourceVersion"?: )"\d+"|(Resource Version: +)\d+/g, '$1$2"N"'],
  [/(observed)?([gG])eneration: \d+(?=,? AGE)/g, '$1$2eneration: N'],
  [/0x[0-9a-f]+|\/tmp\/\S+/g, 'PLACE'],
];

/** As kubectl writes how long ago something was. Amounts of a resource look alike and stay. */
const AGE = /(?<![^\s(]|cpu: +|memory: +)(\d+y)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(?![^\s),])/g;

function normalLine(line: string): string {
  const named = RULES.reduce((text, [from, to]) => text.replace(from, to), line);
  // So deep is no object: it is the width of a column.
  const indent = (/^ */.exec(named)?.[0] ?? '').replace(/^ {11,}$/, ' '.repeat(11));
  const rest = named.slice(indent.length).replace(AGE, (age) => (age === '' ? '' : 'AGE'));
  return `${indent}${rest.replace(/\s+/g, ' ').trimEnd()}`;
}

export interface Names {
  readonly namespace: string;
  /** Of nodes; where pods run is no matter. */
  readonly nodes: readonly string[];
}

function lines(text: string, { namespace, nodes }: Names): string[] {
  const known = nodes.reduce((all, node) => all.replaceAll(new RegExp(`\\b${node}\\b`, 'g'), 'NODE'), text.replaceAll(namespace, 'NS'));
  return known.trimEnd().split('\n').map(normalLine);
}

/** Lines of which nothing is left go, and with them every empty one. */
function without(all: readonly string[], { what }: Apart): string[] {
  const left = all.join('\n').replaceAll(new RegExp(what, 'gm'), '').split('\n');
  return left.map((line) => line.trimEnd().replace(/(?<=\S) +/g, ' ')).filter(Boolean);
}

/** As it is compared: the exit code, what was printed, what was complained of. */
export function normal({ code, out, err }: Printed, command: Pick<Command, 'apart' | 'lines' | 'until'>, names: Names): string[] {
  const whole = [...lines(out, names), ...lines(err, names).map((line) => (line === '' ? '' : `! ${line}`))];
  const printed = (command.apart ?? []).reduce(without, whole);
  const meant = command.lines === 'last' ? printed.slice(-1) : command.lines === 'any order' ? printed.toSorted() : printed;
  // What never ends by itself was ended.
  return [`exit ${command.until ? 'any' : String(code)}`, ...meant];
}
