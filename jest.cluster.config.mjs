// The ring on a real control plane; `npm run test:cluster` starts one and runs this (test/cluster/main.ts).
import base from './jest.config.mjs';

export default {
  ...base,
  testMatch: ['<rootDir>/test/cluster/**/*.cluster.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testSequencer: '<rootDir>/test/cluster/sequencer.mjs',
  testTimeout: 900_000,
};
