import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import LongestFirst from './tests/support/longest-first.ts';

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'));

export default defineConfig({
  define: { __BACKLOG_VERSION__: JSON.stringify(version), __BACKLOG_READER__: JSON.stringify('tests') },
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/soak/**', 'tests/recording/**', 'tests/fixtures/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Most tests wait for processes that they started: one worker a core keeps the cores busy, one less does not.
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    globalSetup: ['./tests/support/scratch.ts', './tests/support/templates.ts'],
    reporters: ['default', './tests/support/summary-reporter.ts'],
    // Tests run without the caller's identity: no Claude Code session, no home of its own, no keys.
    env: { CLAUDECODE: '', CLAUDE_CODE_SESSION_ID: '', NO_COLOR: '1' },
  },
});
