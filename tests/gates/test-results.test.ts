import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTestResults, withoutKnown } from '../../src/gates/test-results.ts';

const root = '/tmp/copy';

/** Outputs of real runs, shortened. */
const outputs: readonly (readonly [
  runner: string,
  output: string,
  failed: string[],
  passed: number | null,
])[] = [
  [
    'tap',
    `TAP version 13
# Subtest: adds
ok 1 - adds
  ---
  duration_ms: 1.2
  ...
# Subtest: fails top
not ok 2 - fails top
  ---
  failureType: 'testCodeFailure'
  ...
# Subtest: suite
    # Subtest: inner bad
    not ok 1 - inner bad
      ---
      failureType: 'testCodeFailure'
      ...
    # Subtest: later
    not ok 2 - later # TODO
      ---
      failureType: 'testCodeFailure'
      ...
    1..2
not ok 3 - suite
  ---
  failureType: 'subtestsFailed'
  ...
# Subtest: ${root}/b.test.js
not ok 4 - ${root}/b.test.js
  ---
  failureType: 'testCodeFailure'
  ...
# Subtest: ${root}/empty.test.js
ok 5 - ${root}/empty.test.js
# tests 6
# pass 2
# fail 3
`,
    ['fails top', 'suite > inner bad', 'b.test.js'],
    1,
  ],
  [
    'node-spec',
    `✔ adds (1.179144ms)
✖ fails top (1.003613ms)
  AssertionError [ERR_ASSERTION]: 1 == 2

▶ suite
  ✔ inner ok (0.324303ms)
  ✖ inner bad (0.131656ms)
    Error: boom

✖ suite (1.362467ms)
✖ ${root}/b.test.js (70.48153ms)
  'test failed'

ℹ tests 5
ℹ pass 2
ℹ fail 3

✖ failing tests:

test at a.test.js:3:1
✖ fails top (1.003613ms)
`,
    ['fails top', 'suite > inner bad', 'b.test.js'],
    2,
  ],
  [
    'vitest',
    ` RUN  v4.1.12 ${root}

 ❯ a.test.ts (3 tests | 1 failed | 1 skipped) 9ms
     × inner > bad 6ms
 FAIL  b.test.ts [ b.test.ts ]
Error: Cannot find module './nothing'
\u001b[41m\u001b[1m FAIL \u001b[22m\u001b[49m a.test.ts > suite > inner > bad

 Test Files  2 failed (2)
      Tests  1 failed | 4 passed | 1 skipped (6)
`,
    ['b.test.ts', 'a.test.ts > suite > inner > bad'],
    4,
  ],
  [
    'jest',
    `FAIL src/sum.test.js
  ● suite › adds

    expect(received).toBe(expected)

FAIL src/load.test.js
  ● Test suite failed to run

    Cannot find module './nothing' from 'src/load.test.js'

Test Suites: 2 failed, 1 passed, 3 total
Tests:       1 failed, 7 passed, 8 total
`,
    ['suite › adds', 'src/load.test.js'],
    7,
  ],
  [
    'pytest',
    `============================= test session starts ==============================
collected 3 items / 1 error
=========================== short test summary info ============================
FAILED test_x.py::test_b - assert 0
FAILED test_x.py::TestC::test_d - assert 0
ERROR test_y.py
==================== 2 failed, 1 passed, 1 error in 0.26s ======================
`,
    ['test_x.py::test_b', 'test_x.py::TestC::test_d', 'test_y.py'],
    1,
  ],
  ['pytest', '....\n4 passed in 0.01s\n', [], 4],
  ['pytest', '============ test session starts =====\n======= no tests ran in 0.01s =======\n', [], 0],
  [
    'go',
    `# ex.com/m/b [ex.com/m/b.test]
b/b_test.go:3:27: undefined: undefinedX
--- FAIL: TestB (0.00s)
    --- FAIL: TestB/sub_x (0.00s)
        a_test.go:4: no
FAIL
FAIL\tex.com/m/a\t0.003s
FAIL\tex.com/m/b [build failed]
FAIL
`,
    ['ex.com/m/a.TestB/sub_x', 'ex.com/m/b [build failed]'],
    null,
  ],
  ['go', 'ok  \tex.com/m/a\t0.003s\n', [], null],
  [
    'cargo',
    `   Compiling m v0.1.0 (${root})
running 3 tests
test tests::ig ... ignored
test tests::ok ... ok
test tests::bad ... FAILED

test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.08s

error: test failed, to rerun pass \`--lib\`
`,
    ['tests::bad'],
    1,
  ],
  [
    'cargo',
    'error[E0425]: cannot find function `x`\nerror: could not compile `m` (lib test) due to 1 previous error\n',
    ['`m` (lib test)'],
    null,
  ],
];

describe('test results', () => {
  it.each(outputs)('are read from the output of %s', (runner, output, failed, passed) => {
    expect(readTestResults(output, [root])).toEqual({ runner, failed, passed });
  });

  it('are not guessed from the output of something else', () => {
    expect(readTestResults('Segmentation fault\n', [root])).toEqual({
      runner: undefined,
      failed: [],
      passed: null,
    });
  });

  it('tell two failures of one name apart from one', () => {
    const twice = 'TAP version 13\nnot ok 1 - same\nnot ok 2 - same\n';
    expect(readTestResults(twice, []).failed).toEqual(['same', 'same (2)']);
  });
});

it('what is known is taken away as often as it is known, and nothing else', () => {
  const names = fc.array(fc.constantFrom('a', 'b', 'c'));
  fc.assert(
    fc.property(names, names, (known, extra) => {
      const left = withoutKnown([...known, ...extra], known);
      expect([...left].sort()).toEqual([...extra].sort());
    }),
  );
});
