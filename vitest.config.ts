import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/soak/**', 'tests/fixtures/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    reporters: ['default', './tests/support/summary-reporter.ts'],
    // Tests run without the caller's identity: no Claude Code session, no home of its own, no keys.
    env: { CLAUDECODE: '', CLAUDE_CODE_SESSION_ID: '', NO_COLOR: '1' },
  },
});
