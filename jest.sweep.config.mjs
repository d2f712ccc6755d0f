// Everything the fast rings only sample: all kills, all races, the whole protocol model.
import base from './jest.config.mjs';

export default {
  ...base,
  testMatch: ['<rootDir>/test/**/*.sweep.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 600_000,
};
