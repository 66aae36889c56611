import { matchesAny } from '../platform/globs.ts';
import type { BacklogConfig } from '../project/config.ts';

/**
 * Whether a path names a test, by `qualityGates.testFiles` or the habits of all stacks; what is judged by it are proposals, never
 * evidence.
 */
export function isTestFile(file: string, { qualityGates }: Pick<BacklogConfig, 'qualityGates'>): boolean {
  return (
    matchesAny(file, qualityGates.testFiles) ||
    /(?:^|\/)(?:tests?|Tests|__tests__|testdata|spec|e2e)\//.test(file) ||
    /(?:\.(?:test|spec)\.[^/.]+|(?:^|\/)test_[^/]*\.py|(?:^|\/)conftest\.py|_test\.[^/.]+|Tests?\.(?:swift|java|kt|cs))$/.test(
      file,
    )
  );
}
