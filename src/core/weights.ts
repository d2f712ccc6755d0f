// Arithmetic of weights. Pure numbers.

/** The next listed weight above the current one: also right when the list was edited on the way. */
export function nextWeight(steps: readonly number[], current: number): number | undefined {
  return steps.find((weight) => weight > current);
}

/** The canary's next weight on the way back to the primary after promotion. */
export function nextBack(back: readonly number[], current: number): number {
  return back.find((weight) => weight < current) ?? 0;
}

/** Where a run is on its way, for people: step n of m. */
export function stepOf(steps: readonly number[], current: number): { step: number; steps: number } {
  return { step: steps.filter((weight) => weight <= current).length, steps: steps.length };
}
