// A reporter with the live block under it: every line that it writes goes above the block. Changes no word of what is said.
import type { LiveRun } from './live-run.ts';
import type { RunReporter } from './reporter.ts';

export function liveReporter(reporter: RunReporter, block: LiveRun): RunReporter {
  return {
    event: (line) => block.above(() => reporter.event(line)),
    note: (text, canary) => block.above(() => reporter.note(text, canary)),
    view: (view) => block.view(view),
    result(outcome) {
      // From here on everything is said to stay.
      block.close();
      reporter.result(outcome);
    },
    finish(outcomes, exitCode) {
      block.close();
      reporter.finish(outcomes, exitCode);
    },
  };
}
