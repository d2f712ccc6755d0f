// A short text that a simple regular expression matches: what a client would send to get past it. It promises nothing: try the text.

interface Reader {
  readonly pattern: string;
  at: number;
}

/** The first branch of every choice, and as little of everything as the pattern allows. */
export function exampleOf(regex: string): string {
  return choice({ pattern: regex.replace(/^\(\?i\)/, ''), at: 0 });
}

function choice(reader: Reader): string {
  let first: string | undefined;
  let branch = '';
  for (; reader.at < reader.pattern.length && reader.pattern[reader.at] !== ')';) {
    if (reader.pattern[reader.at] === '|') {
      reader.at++;
      first ??= branch;
      branch = '';
    } else branch += repeated(atom(reader), reader);
  }
  return first ?? branch;
}

function atom(reader: Reader): string {
  const rest = reader.pattern.slice(reader.at);
  const group = /^\((\?:|\?P?<\w+>)?/.exec(rest);
  if (group) {
    reader.at += group[0].length;
    const inner = choice(reader);
    // The closing bracket.
    reader.at++;
    return inner;
  }
  const [token = ''] = /^(?:\[\^?\]?(?:\\[^]|[^\]\\])*\]|\\[^]|[^])/.exec(rest) ?? [];
  reader.at += token.length;
  if (token === '^' || token === '$' || /^\\[bBAz]$/.test(token)) return '';
  return /^[[\\.]/.test(token) ? characterOf(token) : token;
}

function repeated(text: string, reader: Reader): string {
  const [quantifier = ''] = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(reader.pattern.slice(reader.at)) ?? [];
  reader.at += quantifier.length;
  if (/^[*?]/.test(quantifier)) return '';
  return text.repeat(quantifier.startsWith('{') ? parseInt(quantifier.slice(1), 10) : 1);
}

const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));

/** The likeliest character of a class, an escape or a dot. */
function characterOf(token: string): string {
  try {
    const one = new RegExp(`^${token}$`);
    return ['x', '1', ...printable].find((character) => one.test(character)) ?? '';
  } catch {
    return '';
  }
}
