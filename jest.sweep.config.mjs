// Everything the fast rings only sample, all kills, all races, the whole protocol model, and what takes longer: planted bugs and real terminals.
import base from './jest.config.mjs';

export default {
  ...base,
  testMatch: ['<rootDir>/test/**/*.sweep.test.ts', '<rootDir>/test/pty/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 600_000,
};
