// The rules about requests on the Gateway API: spec.service.match, and analysis.match where it is used. Both are written as Istio writes them, and
// an HTTPRoute can say less. Pure.
import { isObject } from '../common/json.ts';
import { methodProblem, nameProblem, pathProblem, valueProblem } from './gateway-words.ts';
import type { Path } from './path.ts';
import { isGiven, isSkipped } from './ruling.ts';
import type { Ruling } from './ruling.ts';
import type { Json, JsonObject } from './types.ts';

export function conditionRules(service: JsonObject, ruling: Ruling): void {
  conditions(service['match'], ['spec', 'service', 'match'], ruling);
  const tested = testConditions(ruling);
  const path = ['spec', 'analysis', 'match'];
  conditions(tested, path, ruling);
  const asksPath = (each: Json): boolean => isObject(each) && isGiven(each['uri']);
  // A proxy takes the rule with the longest path, whatever stands first.
  if (tested.some(asksPath) && Array.isArray(service['match']) && service['match'].some(asksPath))
    ruling.note(
      path,
      'takes the place of the uri in spec.service.match; a Gateway prefers the more specific of two paths, so a broader one is not reached',
    );
  tested.forEach((each, index) => {
    // Of a field that cannot be asked for it was said.
    if (isObject(each) && Object.keys(each).every((field) => unused.includes(field) || !isGiven(each[field]) || isEmpty(each[field])))
      ruling.say([...path, index], 'this condition asks for nothing, so all requests would be under test');
  });
}

function isEmpty(value: Json | undefined): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

/** Only A/B testing asks. */
function testConditions(ruling: Ruling): Json[] {
  const { analysis } = ruling.spec;
  if (isSkipped(ruling) || !isObject(analysis) || !isGiven(analysis['iterations'])) return [];
  return Array.isArray(analysis['match']) ? analysis['match'] : [];
}

/** Why a prefix of the path cannot be replaced: which of several would it be? */
export function oneOfMany(ruling: Ruling): string | undefined {
  const { service } = ruling.spec;
  const own = isObject(service) && Array.isArray(service['match']) ? service['match'] : [];
  const tested = testConditions(ruling);
  const isOther = (each: Json): boolean => isObject(each) && isObject(each['uri']) && !isGiven(each['uri']['prefix']);
  if (own.length < 2 && tested.length < 2 && ![...own, ...tested].some(isOther)) return undefined;
  return 'a prefix can be replaced only where each match has one condition at most, with uri.prefix or without uri; write fewer, or leave type out';
}

/** How each field may be asked for. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  uri: ['exact', 'prefix', 'regex'],
  method: ['exact'],
  headers: ['exact', 'regex'],
  queryParams: ['exact', 'regex'],
};
const unused = ['name', 'statPrefix'];

function conditions(list: Json | undefined, path: Path, ruling: Ruling): void {
  if (!Array.isArray(list)) return;
  if (list.length > 64) ruling.say(path, `expected at most 64, got ${list.length}`);
  list.forEach((each, index) => {
    if (isObject(each)) condition(each, [...path, index], ruling);
  });
}

function condition(asked: JsonObject, path: Path, ruling: Ruling): void {
  for (const [field, value] of Object.entries(asked)) {
    if (!isGiven(value)) continue;
    const at = [...path, field];
    if (unused.includes(field)) ruling.note(at, 'not used by the Gateway API');
    else if (!Object.hasOwn(kinds, field)) ruling.say(at, `an HTTPRoute cannot ask for it; it asks for ${Object.keys(kinds).join(', ')}`);
    else if (!isObject(value)) ruling.say(at, 'expected a mapping');
    else if (field === 'uri' || field === 'method') one(field, value, { path: at, ruling });
    else named(field, value, { path: at, ruling });
  }
}

interface Place {
  readonly path: Path;
  readonly ruling: Ruling;
}

function named(field: string, values: JsonObject, { path, ruling }: Place): void {
  const names = Object.keys(values);
  if (names.length > 16) ruling.say(path, `expected at most 16, got ${names.length}`);
  names.forEach((name, index) => {
    const at = [...path, name];
    const value = values[name];
    const isAgain = (other: string): boolean => field === 'headers' && other.toLowerCase() === name.toLowerCase();
    const wrong = names.slice(0, index).some(isAgain)
      ? 'stands here twice: headers are the same in upper and lower case'
      : nameProblem(name);
    if (wrong !== undefined) ruling.say(at, wrong);
    else if (!isObject(value)) ruling.say(at, 'expected a mapping');
    else one(field, value, { path: at, ruling });
  });
}

/** One way of asking, with a value that the server takes. */
function one(field: string, asked: JsonObject, { path, ruling }: Place): void {
  const given = Object.keys(asked).filter((kind) => isGiven(asked[kind]));
  const known = kinds[field] ?? [];
  const foreign = given.find((kind) => !known.includes(kind));
  if (foreign !== undefined) return ruling.say([...path, foreign], `an HTTPRoute asks for ${field} by ${known.join(' or ')} only`);
  const [kind = ''] = given;
  if (given.length !== 1)
    return ruling.say(path, `expected one of ${known.join(', ')}, got ${given.length === 0 ? 'none' : given.join(' and ')}`);
  const value = asked[kind];
  if (typeof value !== 'string') return ruling.say([...path, kind], 'expected text');
  const text = problemOf(field, kind, value);
  if (text !== undefined) ruling.say([...path, kind], text);
}

function problemOf(field: string, kind: string, value: string): string | undefined {
  if (field === 'uri') return pathProblem(value, kind === 'regex');
  if (field === 'method') return methodProblem(value);
  return valueProblem(value, field === 'headers' ? 4096 : 1024);
}
