// Paths into a document, as lists and as the text people see. Pure; it must not know what the fields mean.

export type Path = readonly (string | number)[];

/** spec.analysis.metrics[0].name; names with dots or slashes stand in quotes: metadata.annotations["a.b/c"]. */
export function pathText(path: Path): string {
  return path.map(segment).join('').replace(/^\./, '');
}

function segment(step: string | number): string {
  if (typeof step === 'number') return `[${step}]`;
  return /^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}

/** The path that pathText() would print so. What cannot be read as a path ends it there. */
export function parsePath(text: string): Path {
  const step = /\.?([\w-]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;
  const path: (string | number)[] = [];
  for (let found = step.exec(text); found !== null; found = step.exec(text)) {
    if (found[2] !== undefined) path.push(Number(found[2]));
    else path.push(found[3] === undefined ? (found[1] ?? '') : unquoted(found[3]));
  }
  return path;
}

function unquoted(text: string): string {
  const value: unknown = JSON.parse(text);
  return String(value);
}
