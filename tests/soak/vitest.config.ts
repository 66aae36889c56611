import { mergeConfig } from 'vitest/config';
import everyday from '../../vitest.config.ts';

// Long runs of the same laws: more cases and other seeds than `npm test` has time for. `SOAK_SEED` plays a failure again.
export default mergeConfig(
  { ...everyday, test: { ...everyday.test, include: [], exclude: [] } },
  {
    test: {
      include: ['tests/soak/**/*.test.ts'],
      exclude: ['tests/fixtures/**'],
      testTimeout: 600_000,
      fileParallelism: false,
    },
  },
);
