import { describe, expect, it } from 'vitest';
import { emptyRunIn, startFailureIn } from '../../src/gates/start-failure.ts';

describe('a command that never began is told by the words of what should have started it', () => {
  it.each([
    [
      'npx without the package',
      'npm error npx canceled due to missing packages and no YES option: ["eslint@9"]',
    ],
    ['npx of an unknown package', 'npm error code E404\nnpm error 404 Not Found - GET https://example.com/x'],
    ['npx without a program in the package', 'npm error could not determine executable to run'],
    [
      'npm without the script',
      'npm error Missing script: "lint"\nnpm error\nnpm error To see a list of scripts, run:',
    ],
    ['an older npm without it', 'npm ERR! missing script: lint'],
    ['npm without a package.json', 'npm error code ENOENT\nnpm error syscall open'],
    [
      'npx tsc without TypeScript',
      '\n                This is not the tsc command you are looking for                \n',
    ],
    ['pnpm', ' ERR_PNPM_NO_SCRIPT  Missing script: lint'],
    ['pnpm exec', ' ERR_PNPM_RECURSIVE_EXEC_FIRST_FAIL  Command "eslint" not found'],
    ['yarn 1', 'error Command "lint" not found.'],
    ['yarn', 'Usage Error: Couldn\'t find a script named "lint".'],
    ['bun', 'error: Script not found "lint"'],
    ['python -m', '/usr/bin/python3: No module named ruff'],
    ['python', "python3: can't open file '/work/lint.py': [Errno 2] No such file or directory"],
    ['poetry', 'Command not found: ruff'],
    ['uv', 'error: Failed to spawn: `ruff`\n  Caused by: No such file or directory (os error 2)'],
    ['cargo', 'error: no such command: `clippy`'],
    ['rustup', "error: 'cargo-clippy' is not installed for the toolchain 'stable-x86_64'"],
    ['make without the target', "make: *** No rule to make target 'lint'.  Stop."],
    [
      'make of a missing program',
      'make: eslint: No such file or directory\nmake: *** [Makefile:2: lint] Error 127',
    ],
    [
      'node',
      "Error: Cannot find module '/work/lint.js'\n    at Module._load {\n  code: 'MODULE_NOT_FOUND',\n  requireStack: []\n}",
    ],
    ['ESLint without a configuration', "ESLint couldn't find an eslint.config.(js|mjs|cjs) file."],
  ])('%s', (_who, output) => {
    expect(startFailureIn(output)).toMatch(/./);
  });

  it.each([
    ['a finding', 'src/a.js:3:1: error no such command here (no-undef)'],
    [
      'a test that fails for want of a module, which is how a failing run begins',
      "TAP version 13\n# Subtest: test/a.test.js\nnot ok 1 - test/a.test.js\n# Error: Cannot find module '/work/a.js'\n#   requireStack: []\n# fail 1",
    ],
    [
      'pytest for want of a module',
      "E   ModuleNotFoundError: No module named 'basket'\nFAILED test_a.py::test_x",
    ],
    ['a script of npm that failed', 'npm error Lifecycle script `lint` failed with error:\nnpm error code 1'],
    ['an older one', 'npm ERR! code ELIFECYCLE\nnpm ERR! errno 1'],
    ['a target that failed', 'make: *** [Makefile:2: lint] Error 1'],
    ['nothing', ''],
  ])('%s is none', (_what, output) => {
    expect(startFailureIn(output)).toBeUndefined();
  });
});

describe('a test command that found no test is told by the words of its runner', () => {
  it.each([
    ['node --test that matches no file', "Could not find '/work/nothing'"],
    ['vitest that matches no file', ' RUN  v4.1.12 /work\n\nNo test files found, exiting with code 1'],
    ['jest that matches no file', 'No tests found, exiting with code 1\nRun with `--passWithNoTests`'],
    ['mocha that matches no file', 'Error: No test files found: "test"'],
    ['pytest that matches no test', '\n============ no tests ran in 0.01s ============\n'],
  ])('%s', (_who, output) => {
    expect(emptyRunIn(output)).toMatch(/./);
    // A base without tests is no broken one.
    expect(startFailureIn(output)).toBeUndefined();
  });

  it('but not by what a test prints', () => {
    const output = 'TAP version 13\nNo tests found\nok 1 - says so\n# pass 1\n# fail 0';
    expect(emptyRunIn(output)).toBeUndefined();
  });
});
