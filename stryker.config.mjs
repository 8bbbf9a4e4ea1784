/**
 * Mechanical changes of decisions and rules: `npm run mutants -- --stryker`. Texts are left as they are: the golden tests
 * compare every one that a person reads.
 */
export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'tests/plants/vitest.config.mjs', related: true, pool: 'forks' },
  mutate: [
    'engine/domain/**/*.ts',
    'engine/base/money/*.ts',
    'engine/base/crypto/pin-block.ts',
    'rules/kernel/**/*.ts',
  ],
  mutator: { excludedMutations: ['StringLiteral'] },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  incremental: true,
  incrementalFile: '.yikatong/stryker/incremental.json',
  tempDirName: '.yikatong/stryker/sandbox',
  jsonReporter: { fileName: '.yikatong/stryker/report.json' },
  clearTextReporter: { reportTests: false, logTests: false },
  reporters: ['clear-text', 'json'],
};
