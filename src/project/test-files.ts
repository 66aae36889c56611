const script = ['**/*.test.*', '**/*.spec.*', '**/__tests__/**', 'test/**', 'tests/**'];
const python = ['**/test_*.py', '**/*_test.py', '**/conftest.py', 'test/**', 'tests/**'];
const go = ['**/*_test.go', '**/testdata/**'];
const rust = ['tests/**', '**/tests/**', '**/tests.rs'];
const swift = ['Tests/**', '**/*Tests.swift'];

const byStack: Readonly<Record<string, readonly string[]>> = {
  typescript: script,
  javascript: script,
  python,
  go,
  rust,
  swift,
};

/** Globs of a stack's test files where the configuration names none: the places that its test runners look in. */
export function defaultTestFiles(stack: string): readonly string[] {
  return byStack[stack] ?? [...new Set([...script, ...python, ...go, ...rust, ...swift])];
}
