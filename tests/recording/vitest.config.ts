import { mergeConfig } from 'vitest/config';
import everyday from '../../vitest.config.ts';

// Records the exchanges of tests/fixtures/exchanges again, with the clients and the proxy that are installed.
export default mergeConfig(
  { ...everyday, test: { ...everyday.test, include: [], exclude: [] } },
  {
    test: {
      include: ['tests/recording/**/*.test.ts'],
      testTimeout: 600_000,
      fileParallelism: false,
    },
  },
);
