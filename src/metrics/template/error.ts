// What is wrong with a template, and where. It must never leave src/metrics: renderQuery turns it into words.

export class TemplateError extends Error {
  constructor(
    message: string,
    /** Counted in the template's text. */
    readonly at: number,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** 'line 2, column 7', counted from 1. */
export function placeIn(text: string, at: number): string {
  const before = text.slice(0, at).split('\n');
  return `line ${before.length}, column ${[...(before.at(-1) ?? '')].length + 1}`;
}
