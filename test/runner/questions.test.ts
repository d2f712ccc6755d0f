// The running questions are made equal to what is asked: new ids start, ids no longer asked are aborted, answers wait to be seen.
import { describe, expect, test } from '@jest/globals';
import type { Answer } from '../../src/contracts.ts';
import type { Question } from '../../src/core/types.ts';
import { createQuestions, type Questions } from '../../src/runner/questions.ts';
import { successRate } from '../core/support.ts';

interface Running {
  questions: Questions;
  /** Ids, in the order in which they were started. */
  started: string[];
  signals: Map<string, AbortSignal>;
  end(id: string, answer: Answer | Error): Promise<void>;
  /** How often it was said that an answer came. */
  told(): number;
}

function running(): Running {
  const started: string[] = [];
  const signals = new Map<string, AbortSignal>();
  const ends = new Map<string, (answer: Answer | Error) => void>();
  let told = 0;
  const questions = createQuestions({
    onAnswer: () => void told++,
    answer: ({ id }, signal) => {
      started.push(id);
      signals.set(id, signal);
      return new Promise((resolve, reject) => {
        ends.set(id, (answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
      });
    },
  });
  const end = async (id: string, answer: Answer | Error): Promise<void> => {
    ends.get(id)?.(answer);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };
  return { questions, started, signals, end, told: () => told };
}

function ask(...ids: string[]): Question[] {
  return ids.map((id) => ({ id, ask: 'metric', metric: successRate }));
}

const yes: Answer = { is: 'ok' };

describe('asking', () => {
  test('starts what is new, once', () => {
    const { questions, started } = running();
    questions.ask(ask('a'));
    questions.ask(ask('a', 'b'));
    questions.ask(ask('a', 'b'));
    expect(started).toEqual(['a', 'b']);
  });

  test('aborts what is no longer asked: a way back never waits for a slow hook', () => {
    const { questions, signals } = running();
    questions.ask(ask('a', 'b'));
    questions.ask(ask('b'));
    expect(signals.get('a')?.aborted).toBe(true);
    expect(signals.get('b')?.aborted).toBe(false);
  });

  test('does not ask again what is answered', async () => {
    const { questions, started, end } = running();
    questions.ask(ask('a'));
    await end('a', yes);
    questions.ask(ask('a'));
    expect(started).toEqual(['a']);
  });
});

describe('an answer', () => {
  test('waits to be seen, and says that it came', async () => {
    const { questions, end, told } = running();
    questions.ask(ask('a'));
    expect(questions.answers().size).toBe(0);
    await end('a', yes);
    expect([...questions.answers()]).toEqual([['a', yes]]);
    expect(told()).toBe(1);
  });

  test('stays when its question is no longer open', async () => {
    const { questions, end } = running();
    questions.ask(ask('a'));
    await end('a', yes);
    questions.ask([]);
    expect(questions.answers().has('a')).toBe(true);
  });

  test('of an aborted question counts for nothing', async () => {
    const { questions, end, told } = running();
    questions.ask(ask('a'));
    questions.ask([]);
    await end('a', yes);
    expect(questions.answers().size).toBe(0);
    expect(told()).toBe(0);
  });

  test('that could not be got is an error, never a yes', async () => {
    const { questions, end } = running();
    questions.ask(ask('a'));
    await end('a', new Error('broken pipe'));
    expect(questions.answers().get('a')).toEqual({ is: 'error', why: 'Error: broken pipe' });
  });

  test('that was handed out does not change any more', async () => {
    const { questions, end } = running();
    const before = questions.answers();
    questions.ask(ask('a'));
    await end('a', yes);
    expect(before.size).toBe(0);
  });
});

test('a question asked again after it was aborted is started again, and its first answer is not taken for the second', async () => {
  const { questions, started, end } = running();
  questions.ask(ask('a'));
  questions.ask([]);
  questions.ask(ask('a'));
  expect(started).toEqual(['a', 'a']);
  await end('a', yes);
  expect(questions.answers().get('a')).toEqual(yes);
});

test('answers of checks that are over are forgotten', async () => {
  const { questions, end } = running();
  questions.ask(ask('run/1/x', 'run/2/x'));
  await end('run/1/x', yes);
  await end('run/2/x', yes);
  questions.forget((id) => id.startsWith('run/2/'));
  expect([...questions.answers().keys()]).toEqual(['run/2/x']);
});

test('the end aborts all that runs', () => {
  const { questions, signals } = running();
  questions.ask(ask('a', 'b'));
  questions.close();
  expect([...signals.values()].map(({ aborted }) => aborted)).toEqual([true, true]);
});
