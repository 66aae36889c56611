import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files of a minute and more. What is begun last keeps one worker busy when the others have nothing left. */
const longest = [
  'tests/e2e/wave-backlog.test.ts',
  'tests/bypass/bypass.test.ts',
  'tests/cli/config-effects.test.ts',
  'tests/e2e/gateway-agents.test.ts',
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
