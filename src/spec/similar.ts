// "Did you mean": the known word that was most likely meant. Pure; it must not offer a word that is not close.

/** The closest of `known`, or undefined when none is close enough to be a slip of the hand. Case never counts. */
export function similar(word: string, known: readonly string[]): string | undefined {
  const limit = Math.min(3, Math.max(1, Math.floor(word.length / 3)));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) > limit) continue;
    const away = distance(word.toLowerCase(), candidate.toLowerCase());
    if (away < bestDistance) [best, bestDistance] = [candidate, away];
  }
  return best;
}

/** '; did you mean "x"?' or nothing, to be put behind a message. */
export function didYouMean(word: string, known: readonly string[]): string {
  const meant = similar(word, known);
  return meant === undefined ? '' : `; did you mean "${meant}"?`;
}

/** Edits between two words, where two neighbours that changed places are one edit. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const now = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const edits = [(last[column] ?? 0) + 1, (now[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + (same ? 0 : 1)];
      if (swapped) edits.push((before[column - 2] ?? 0) + 1);
      now.push(Math.min(...edits));
    }
    [before, last] = [last, now];
  }
  return last[b.length] ?? a.length;
}
