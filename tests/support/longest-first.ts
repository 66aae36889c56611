import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files of a minute and more, then those of ten seconds and more whose few lines would put them last. What is begun last keeps
 * one worker busy when the others have nothing left.
 */
const longest = [
  'tests/e2e/wave-backlog.test.ts',
  'tests/bypass/bypass.test.ts',
  'tests/cli/config-effects.test.ts',
  'tests/e2e/gateway-agents.test.ts',
  'tests/waves/trouble.test.ts',
  'tests/e2e/waves.test.ts',
  'tests/e2e/permissions.test.ts',
  'tests/e2e/wave-python.test.ts',
  'tests/cli/demo.test.ts',
  'tests/retrieval/packages.test.ts',
  'tests/e2e/tool-search.test.ts',
  'tests/interchange/killed.test.ts',
  'tests/tickets/hostile.test.ts',
];

/** Begins with the longest files; without a cache of earlier runs Vitest would go by the size of the file. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = longest.findIndex((name) => moduleId.endsWith(`/${name}`));
      return place < 0 ? longest.length : place;
    };
    const sorted = await super.sort(files);
    return sorted.toSorted((left, right) => rank(left) - rank(right));
  }
}
