// The fast rings: tables, transcripts, parity, and a seeded share of the kills of some scenes. What needs a real terminal or plants bugs takes
// longer, and runs with the sweeps.
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/support/transform.mjs' },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '\\.(sweep|traffic)\\.test\\.ts$', '/test/pty/', '/test/cluster/'],
  // Both cores: nothing here measures time.
  maxWorkers: '100%',
  testTimeout: 60_000,
};
