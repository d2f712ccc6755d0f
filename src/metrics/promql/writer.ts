// A query put together from texts that its author wrote and values that stand in it: a value within quotes can never end them, and runs of
// white space become one space, as Flagger sends queries. It must know no more of PromQL than quotes and comments.

type Context = 'code' | 'comment' | '"' | "'" | '`';

export interface QueryWriter {
  /** The author's own. */
  text(text: string): void;
  /** Throws where no escape exists: a backtick between backticks. */
  value(value: string): void;
  query(): string;
}

export function createQueryWriter(): QueryWriter {
  let written = '';
  let context: Context = 'code';
  /** A backslash was the last character: what follows belongs to it. */
  let escaping = false;

  function write(text: string): void {
    for (const character of text) {
      const before: Context = context;
      if (escaping) escaping = false;
      else if (isLiteral(context) && context !== '`' && character === '\\') escaping = true;
      else context = after(context, character);
      // A comment would swallow the rest of the query once its line break is a space.
      if (before === 'comment') written += character === '\n' ? ' ' : '';
      else if (context !== 'comment') written += character;
    }
  }

  return {
    text: write,
    value(value) {
      if (context === 'code') return write(value);
      if (context === '`' && value.includes('`')) throw new Error('a value with ` cannot stand between `');
      if (context !== 'comment') write(context === '`' ? value : kept(value, context, escaping));
    },
    query: () => collapsed(written),
  };
}

function isLiteral(context: Context): boolean {
  return context !== 'code' && context !== 'comment';
}

function after(context: Context, character: string): Context {
  if (context === 'comment') return character === '\n' ? 'code' : 'comment';
  if (context !== 'code') return character === context ? 'code' : context;
  if (character === '#') return 'comment';
  return character === '"' || character === "'" || character === '`' ? character : 'code';
}

/** Variables are inserted as they are, escapes included, as in Flagger: `\\.` of a regular expression stays. Only what would end the quotes,
 *  or keep their own end from being one, gets its backslash. */
function kept(value: string, quote: string, escaping: boolean): string {
  let out = '';
  let open = escaping;
  for (const character of value) {
    if (open) open = false;
    else if (character === '\\') open = true;
    else if (character === quote) out += '\\';
    out += character;
  }
  return open ? `${out}\\` : out;
}

/** Outside of quotes every run is one space; within them only runs that break the line, which no quoted text may hold. */
function collapsed(query: string): string {
  return query
    .replace(/("[^"\\]*(?:\\.[^"\\]*)*"?|'[^'\\]*(?:\\.[^'\\]*)*'?)|(`[^`]*`?)|[ \t\n\f\r\v]+/gs, (_run, quoted?: string, raw?: string) => {
      return raw ?? quoted?.replace(/\s*[\n\r]\s*/g, ' ') ?? ' ';
    })
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .trim();
}
