// A typed line as words: quotes, `&` at its end, and `| jq -r .msg`. No other shell than that.

export interface Typed {
  readonly words: readonly string[];
  readonly isJob: boolean;
  readonly isMsg: boolean;
}

export function commandIn(line: string): Typed {
  const words = [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) => word.replaceAll(/['"]/g, ''));
  const isJob = words.at(-1) === '&';
  const rest = isJob ? words.slice(0, -1) : words;
  const isMsg = rest.slice(-4).join(' ') === '| jq -r .msg';
  return { words: isMsg ? rest.slice(0, -4) : rest, isJob, isMsg };
}
