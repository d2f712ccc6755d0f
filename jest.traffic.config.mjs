// The ring with real traffic; `npm run test:traffic` starts what it runs on and runs this (test/traffic/main.ts).
import base from './jest.config.mjs';

export default {
  ...base,
  testMatch: ['<rootDir>/test/traffic/**/*.traffic.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 900_000,
  maxWorkers: 1,
};
