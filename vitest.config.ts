import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** One project per kind of test; CONTRIBUTING says which test goes where. */
export default defineConfig({
  resolve: {
    // What tests import is the code as it is written; what they start is what was built of it.
    alias: {
      'millrace/script': path.join(import.meta.dirname, 'src', 'cli', 'script.ts'),
      millrace: path.join(import.meta.dirname, 'src', 'index.ts'),
    },
  },
  test: {
    pool: 'forks',
    // Colours depend on where a test runs (a terminal, CI); what is asserted must not.
    env: { NO_COLOR: '1' },
    globalSetup: ['test/support/built.ts'],
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 5_000 } },
      {
        extends: true,
        test: {
          name: 'live',
          include: ['test/live/**/*.test.ts'],
          exclude: ['test/live/**/*kill.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        // Those that kill workers or servers: last, one at a time.
        extends: true,
        test: {
          name: 'kill',
          include: ['test/live/**/*kill.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        // Proofs that take longer than a change can wait for: each has its script, and `npm test` runs none.
        extends: true,
        test: { name: 'proofs', include: ['test/proofs/**/*.test.ts'], fileParallelism: false },
      },
      { extends: true, test: { name: 'replay', include: ['test/replay/**/*.test.ts'], testTimeout: 60_000 } },
      {
        extends: true,
        test: {
          name: 'e2e',
          globalSetup: ['test/support/e2e-setup.ts'],
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
