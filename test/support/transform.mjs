// Types are checked by tsc; for running the tests they are only taken off.
import { transformSync } from 'esbuild';

export default {
  process(source, path) {
    const { code, map } = transformSync(source, { loader: 'ts', format: 'esm', target: 'node20', sourcefile: path, sourcemap: 'both' });
    return { code, map };
  },
};
