// The order of this ring's files: what takes longest begins first, so that no core waits for it alone at the end.
import { createRequire } from 'node:module';

const { default: Sequencer } = createRequire(import.meta.url)('@jest/test-sequencer');
const first = ['kills', 'releases', 'conformance', 'promql', 'examples', 'kubectl'];

function place({ path }) {
  const at = first.findIndex((name) => path.endsWith(`/${name}.cluster.test.ts`));
  return at < 0 ? first.length : at;
}

export default class LongestFirst extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => place(a) - place(b));
  }
}
