import { defineConfig } from 'vitest/config'

const shared = { env: { TZ: 'UTC', LANG: 'en_US.UTF-8' }, testTimeout: 30_000, hookTimeout: 60_000 }

// Two projects: `unit` stays under a minute and runs in `npm run check`; `whole` starts processes and a browser.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/*.test.ts', 'test/golden/**/*.test.ts', 'test/sql/**/*.test.ts'],
        },
      },
      {
        test: {
          ...shared,
          name: 'whole',
          testTimeout: 240_000,
          hookTimeout: 240_000,
          include: ['test/{api,cli,e2e,kill,real}/**/*.test.ts', 'examples/**/*.test.ts'],
        },
      },
    ],
  },
})
