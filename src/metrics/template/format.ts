// print, println, printf and len over the values of a template, as Go's fmt writes them. What Go marks as wrong (%!d) is an error here:
// no query is sent with such a mark in it.

/** An object: the canary's variables as a whole. */
export type Value = string | number | Readonly<Record<string, string>>;

export function print(values: readonly Value[]): string {
  let text = '';
  values.forEach((value, i) => {
    const spaced = i > 0 && typeof value !== 'string' && typeof values[i - 1] !== 'string';
    text += `${spaced ? ' ' : ''}${shown(value)}`;
  });
  return text;
}

export function println(values: readonly Value[]): string {
  return `${values.map(shown).join(' ')}\n`;
}

export function shown(value: Value): string {
  if (typeof value === 'object') throw new Error('variables is all of them; name one: variables.x');
  return String(value);
}

/** In bytes of UTF-8, or in keys. */
export function len(value: Value | undefined): number {
  if (typeof value === 'object') return Object.keys(value).length;
  if (typeof value !== 'string') throw new Error('len takes a text');
  let bytes = 0;
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

const verb = /%(?:%|([-0]*)([1-9][0-9]*)?(?:\.([0-9]+))?([a-zA-Z])|.?)/gsu;
/** Nobody means more; without a limit a few characters could fill the memory. */
const widest = 1000;

export function printf(format: Value | undefined, values: readonly Value[]): string {
  if (typeof format !== 'string') throw new Error('printf takes a format first');
  let used = 0;
  const text = format.replace(verb, (whole, ...groups: (string | undefined)[]) => {
    const [flags, width, precision, letter] = groups;
    if (whole === '%%') return '%';
    if (letter === undefined) throw new Error(`printf: unknown verb ${whole}`);
    const value = values[used++];
    if (value === undefined) throw new Error(`printf: ${whole} has no value`);
    if (Number(width ?? 0) > widest) throw new Error(`printf: ${whole} is too wide`);
    return padded(formatted(value, letter, precision), flags ?? '', Number(width ?? 0));
  });
  if (used < values.length) throw new Error(`printf: ${values.length - used} values more than verbs`);
  return text;
}

function formatted(value: Value, letter: string, precision: string | undefined): string {
  const isText = typeof value === 'string';
  const fits = letter === 'v' || (isText ? letter === 's' || letter === 'q' : letter === 'd');
  if (!fits) throw new Error(`printf: %${letter} does not fit ${isText ? 'a text' : 'this value'}`);
  if (precision !== undefined && !isText) throw new Error(`printf: %.${precision}${letter} does not fit a number`);
  const whole = shown(value);
  const cut = precision === undefined ? whole : [...whole].slice(0, Number(precision)).join('');
  return letter === 'q' ? quoted(cut) : cut;
}

/** Go fills texts and numbers with zeros alike; a sign stays in front. */
function padded(text: string, flags: string, width: number): string {
  const missing = Math.max(0, width - [...text].length);
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (!flags.includes('0')) return ' '.repeat(missing) + text;
  const sign = /^[+-](?=[0-9]+$)/.exec(text)?.[0] ?? '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}

const letters: Readonly<Record<string, string>> = {
  '\x07': 'a',
  '\b': 'b',
  '\f': 'f',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\v': 'v',
  '"': '"',
  '\\': '\\',
};

/** As Go's %q. */
function quoted(text: string): string {
  const inside = text.replace(/["\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu, (character) => {
    const letter = letters[character];
    const code = character.codePointAt(0) ?? 0;
    if (letter !== undefined) return `\\${letter}`;
    if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
  });
  return `"${inside}"`;
}
