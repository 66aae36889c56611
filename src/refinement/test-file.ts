/** Whether a path names a test by the habits of all stacks; what is judged by it are proposals, never evidence. */
export function isTestFile(file: string): boolean {
  return (
    /(?:^|\/)(?:tests?|Tests|__tests__|testdata|spec|e2e)\//.test(file) ||
    /(?:\.(?:test|spec)\.[^/.]+|(?:^|\/)test_[^/]*\.py|(?:^|\/)conftest\.py|_test\.[^/.]+|Tests?\.(?:swift|java|kt|cs))$/.test(
      file,
    )
  );
}
