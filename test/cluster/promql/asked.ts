// Many questions to two Prometheus' at once, and what came of it as one figure. It must not choose questions.
import { type Asked, type Question } from './ask.ts';
import { compare, together, type Compared } from './compare.ts';

export interface Outcome extends Compared {
  readonly questions: number;
  /** Questions that were answered with numbers at all. */
  readonly answered: number;
}

/** Four at a time, so that neither side waits for the other. */
export async function askBoth(questions: readonly Question[], [real, ours]: readonly [Asked, Asked]): Promise<Outcome> {
  const compared: Compared[] = [];
  const left = [...questions];
  const worker = async (): Promise<void> => {
    for (let question = left.shift(); question; question = left.shift()) {
      const { query, at } = question;
      const found = compare(await real(question), await ours(question));
      compared.push({ ...found, differences: found.differences.map((difference) => `${query} at ${at}: ${difference}`) });
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return { ...together(compared), questions: questions.length, answered: compared.filter(({ numbers }) => numbers).length };
}

/** Each query at each moment. */
export function atEach(queries: readonly string[], moments: readonly number[]): Question[] {
  return queries.flatMap((query) => moments.map((at) => ({ query, at })));
}
