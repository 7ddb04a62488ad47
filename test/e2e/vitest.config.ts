import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/e2e/**/*.e2e.ts'],
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    testTimeout: 90_000,
    hookTimeout: process.env.ROWS === undefined ? 120_000 : 1_200_000, // a site of a million rows is filled first
    pool: 'forks',
    fileParallelism: false, // one browser at a time
  },
});
