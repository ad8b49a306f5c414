import { defineConfig } from 'vitest/config'

const shared = {
  setupFiles: ['test/support/fixed-seed.ts'],
  env: { TZ: 'UTC', LANG: 'en_US.UTF-8' },
  testTimeout: 60_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 30_000 } },
}

/** Tests beside their file that open many files or engines: too slow for a check before each commit. */
const slow = [
  'src/analytics/audit/audit.test.ts',
  'src/analytics/costing/networks.test.ts',
  'src/analytics/costing/steps.test.ts',
  'src/analytics/planning/choose-actions.test.ts',
  'src/analytics/planning/robust-plan.test.ts',
  'src/analytics/planning/solve-plan.test.ts',
  'src/analytics/planning/steps.test.ts',
  'src/analytics/pricing/waterfall.test.ts',
  'src/analytics/profitability/comparison.test.ts',
  'src/analytics/profitability/findings.test.ts',
  'src/analytics/remedies/steps.test.ts',
  'src/analytics/serving/steps.test.ts',
  'src/analytics/value/history-model.test.ts',
  'src/analytics/value/covariates.test.ts',
  'src/analytics/value/hard-inputs.test.ts',
  'src/analytics/value/segments.test.ts',
  'src/analytics/value/pareto-nbd-over-time.test.ts',
  'src/analytics/relationships/steps.test.ts',
  'src/analytics/value/steps.test.ts',
  'src/app/cost-model.test.ts',
  'src/app/compare.test.ts',
  'src/app/explain.test.ts',
  'src/pipeline/run.test.ts',
  'src/warehouse/load/load.test.ts',
  'src/warehouse/load/read/bad-files.test.ts',
  'test/sql/costing.test.ts',
  'test/sql/pricing.test.ts',
  'test/sql/profitability.test.ts',
  'src/warehouse/user-query.test.ts',
]

// Two projects: `unit` stays under a minute and runs in `npm run check`; `whole` starts processes and a browser.
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/*.test.ts', 'test/golden/**/*.test.ts', 'test/sql/**/*.test.ts'],
          exclude: slow,
        },
      },
      {
        test: {
          ...shared,
          name: 'whole',
          testTimeout: 300_000,
          hookTimeout: 300_000,
          include: ['test/{api,cli,e2e,kill,real}/**/*.test.ts', ...slow],
        },
      },
    ],
  },
})
