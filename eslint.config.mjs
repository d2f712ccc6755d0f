// What types cannot say: sizes and purity. Who imports whom is test/house/imports.test.ts.
import tseslint from 'typescript-eslint';

const pure = [
  'src/common/**',
  'src/spec/**',
  'src/contracts.ts',
  'src/core/**',
  'src/targets/**',
  'src/routers/**',
  'src/metrics/**',
  'src/alerts/**',
  'src/kit.ts',
];

export default tseslint.config(
  { ignores: ['.cache/**', 'dist/', 'node_modules/', 'coverage/'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', { max: 3 }],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'exit', message: 'Only the return value of main ends the process.' },
      ],
    },
  },
  {
    files: pure,
    rules: {
      'no-restricted-globals': ['error', 'Date', 'process', 'console', 'fetch', 'setTimeout', 'setInterval', 'setImmediate', 'Buffer'],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'Randomness comes in as an argument.' }],
      'no-restricted-imports': ['error', { patterns: ['node:*'] }],
      'no-restricted-syntax': [
        'error',
        { selector: ':function[async=true]', message: 'Pure rooms know no time: no async.' },
        { selector: 'AwaitExpression', message: 'Pure rooms know no time: no await.' },
      ],
    },
  },
  { files: ['tools/**', 'bench/**', 'bin/**', '*.mjs'], rules: { 'no-console': 'off' } },
);
