// A typed line as words: quotes, `&` at its end, `| jq -r .msg`, and before that `2>/dev/null`. No other shell than that.

export interface Typed {
  readonly words: readonly string[];
  readonly isJob: boolean;
  readonly isMsg: boolean;
  readonly isQuiet: boolean;
}

export function commandIn(line: string): Typed {
  const words = [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) => word.replaceAll(/['"]/g, ''));
  const isJob = words.at(-1) === '&';
  const rest = isJob ? words.slice(0, -1) : words;
  const isMsg = rest.slice(-4).join(' ') === '| jq -r .msg';
  const plain = isMsg ? rest.slice(0, -4) : rest;
  const isQuiet = plain.at(-1) === '2>/dev/null';
  return { words: isQuiet ? plain.slice(0, -1) : plain, isJob, isMsg, isQuiet };
}
