// The reporter for machines: one JSON object per event on stdout, the result last; what is for people goes to stderr as in the text reporter.
import type { Event } from '../core/types.ts';
import { shownText } from '../http/redact.ts';
import type { Line, Outcome } from '../runner/types.ts';
import { longest, noteTo, resultTo, type Paints, type Streams } from './plain.ts';
import { nameOf } from './plan.ts';
import { resultWord, type RunReporter } from './reporter.ts';
import { exactStamp } from './time.ts';

export function ndjsonReporter(streams: Streams, paints: Paints, now: () => number): RunReporter {
  const note = noteTo(streams.stderr, paints.stderr);
  const say = (object: object): void => streams.stdout.write(`${JSON.stringify(object)}\n`);
  return {
    event(line) {
      if (line.event.tell === 'note') note(line.text, line.canary);
      else say(eventObject(line));
    },
    note,
    result: resultTo(note),
    finish(outcomes, exitCode) {
      const ts = exactStamp(now());
      for (const outcome of outcomes) say(resultObject(outcome, ts));
      if (outcomes.length !== 1) say({ ts, type: 'End', exitCode, canaries: outcomes.map((outcome) => nameOf(outcome.canary)) });
    },
  };
}

/** `msg` is the exact text, so that `jq -r .msg` reads as Flagger's log does. */
export function eventObject(line: Line): object {
  return {
    level: line.type === 'Warning' ? 'warn' : 'info',
    ts: exactStamp(line.at),
    canary: nameOf(line.canary),
    type: line.type,
    msg: shownText(line.text, longest),
    event: line.event.tell,
    ...facts(line.event),
  };
}

/** What a machine would else have to read out of `msg`. */
function facts(event: Event): object {
  switch (event.tell) {
    case 'weight':
      return { weight: event.canary };
    case 'primary-weight':
      return { primaryWeight: event.primary };
    case 'iteration':
      return { iteration: event.no, iterations: event.of };
    case 'metric':
      return { metric: event.metric.name, value: event.value, ...bounds(event.metric) };
    case 'no-values':
    case 'not-checked':
      return { metric: event.metric.name };
    case 'hook':
      return { hook: shownText(event.hook, 200), passed: event.passed };
    default:
      return {};
  }
}

function bounds({ min, max }: { min?: number; max?: number }): object {
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

export function resultObject(outcome: Outcome, ts: string): object {
  return {
    level: outcome.exitCode === 0 ? 'info' : 'error',
    ts,
    canary: nameOf(outcome.canary),
    type: 'Result',
    msg: shownText(outcome.why, longest),
    apiVersion: 'canary.run/v1',
    result: resultWord(outcome),
    exitCode: outcome.exitCode,
    reason: reason(outcome),
    revision: outcome.revision,
    changed: outcome.changed,
    ...(outcome.next === undefined ? {} : { next: shownText(outcome.next, longest) }),
  };
}

/** rolled-back/checks, parked/SIGINT: the result, and what brought it about. */
function reason({ result }: Outcome): string {
  if ('cause' in result) return `${result.is}/${result.cause.by}`;
  return result.is === 'parked' ? `${result.is}/${shownText(result.by, 200)}` : result.is;
}
