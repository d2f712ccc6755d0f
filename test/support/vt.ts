// What a terminal shows after some bytes: text, line ends, wrapping, and the few sequences that our screens use. Any other sequence is an error,
// so that nothing is painted that was never looked at.

export interface Window {
  readonly columns: number;
  readonly rows: number;
}

/** Every line ever shown, from the top of the history to the last that is not empty. */
export function screenAfter(bytes: string, { columns, rows }: Window): string[] {
  const lines: string[][] = [[]];
  let row = 0;
  let column = 0;
  const newLine = (): void => {
    row += 1;
    lines[row] ??= [];
  };
  const put = (sign: string): void => {
    if (column >= columns) {
      newLine();
      column = 0;
    }
    const line = lines[row] ?? [];
    while (line.length < column) line.push(' ');
    line[column] = sign;
    lines[row] = line;
    column += 1;
  };
  const control: Readonly<Record<string, (count: number) => void>> = {
    // What has scrolled out of the window cannot be reached.
    A: (count) => (row = Math.max(row - (count || 1), lines.length - rows, 0)),
    G: (count) => (column = (count || 1) - 1),
    // Without a number: from the cursor on; 2: all of the line.
    K: (part) => lines[row]?.splice(part === 2 ? 0 : Math.min(column, columns - 1)),
    J: () => {
      lines[row]?.splice(Math.min(column, columns - 1));
      lines.length = row + 1;
    },
    m: () => undefined,
  };
  // The first is asked for by spinners: show nothing half painted.
  for (const found of bytes.replace(/\u001b\[\?2026[hl]/g, '').matchAll(/\u001b\[(\d*)([A-Za-z])|[^]/gu)) {
    const [part, count, name] = found;
    const { index } = found;
    if (name !== undefined) {
      const obey = control[name];
      if (!obey) throw new Error(`this terminal does not know ${JSON.stringify(part)}`);
      obey(Number(count));
    } else if (part === '\r') column = 0;
    else if (part === '\n') {
      newLine();
      column = 0;
    } else if (part < ' ') throw new Error(`a control character on the screen: ${JSON.stringify(found.input.slice(index, index + 12))}`);
    else put(part);
  }
  const shown = lines.map((line) => line.join('').trimEnd());
  while (shown.at(-1) === '') shown.pop();
  return shown;
}
