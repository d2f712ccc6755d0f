// The running questions, made equal to what the last decision asks: new ids start, ids no longer listed are aborted, answers wait to be seen.
// Decides nothing: what an answer means stands in core/checks.ts.
import type { Answer } from '../contracts.ts';
import type { Question } from '../core/types.ts';

export interface Questions {
  /** Starts what is new, aborts what is no longer asked. */
  ask(wanted: readonly Question[]): void;
  answers(): ReadonlyMap<string, Answer>;
  /** Answers of checks that are over are forgotten. */
  forget(keep: (id: string) => boolean): void;
  close(): void;
}

export interface QuestionOptions {
  answer(question: Question, signal: AbortSignal): Promise<Answer>;
  /** An answer came. */
  onAnswer(): void;
}

export function createQuestions({ answer, onAnswer }: QuestionOptions): Questions {
  const running = new Map<string, AbortController>();
  const answers = new Map<string, Answer>();

  async function start(question: Question): Promise<void> {
    const abort = new AbortController();
    running.set(question.id, abort);
    const got = await answer(question, abort.signal).catch((error: unknown): Answer => ({ is: 'error', why: String(error) }));
    if (abort.signal.aborted) return;
    running.delete(question.id);
    answers.set(question.id, got);
    onAnswer();
  }

  function drop(id: string): void {
    running.get(id)?.abort();
    running.delete(id);
  }

  return {
    ask(wanted) {
      const ids = new Set(wanted.map(({ id }) => id));
      for (const id of [...running.keys()]) if (!ids.has(id)) drop(id);
      for (const question of wanted) if (!running.has(question.id) && !answers.has(question.id)) void start(question);
    },
    answers: () => new Map(answers),
    forget(keep) {
      for (const id of [...answers.keys()]) if (!keep(id)) answers.delete(id);
    },
    close() {
      for (const id of [...running.keys()]) drop(id);
    },
  };
}
