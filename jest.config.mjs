// The fast rings: tables, transcripts, parity, one full kill sweep and a seeded tenth of the others.
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/support/transform.mjs' },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '\\.sweep\\.test\\.ts$'],
  // Both cores: nothing here measures time.
  maxWorkers: '100%',
  testTimeout: 60_000,
};
