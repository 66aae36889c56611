/** What a kind of mark is called in reports. */
export type MarkKind = 'suppression' | 'skipped-test';

/** Comments and annotations that silence type checkers, linters, formatters, scanners and coverage, as their tools document them. */
const silencing = new RegExp(
  [
    'eslint-disable|biome-ignore|oxlint-disable|tslint:disable|jshint ignore|jscs:disable|standard-disable|deno-lint-ignore',
    '@ts-(?:ignore|nocheck|expect-error)|\\$Flow(?:FixMe|Ignore|ExpectedError)',
    'prettier-ignore|dprint-ignore|stylelint-disable|svelte-ignore|markuplint-disable',
    '#\\s*(?:noqa|nosec|nosemgrep|noinspection|yapf:\\s*disable)|#\\s*fmt:\\s*(?:off|skip)|isort:\\s*(?:skip|off)',
    '#\\s*(?:type|mypy|pyright|pyre|pytype|pyrefly|ty):\\s*(?:ignore|disable|basic)|pyre-(?:ignore|fixme)|pylint:\\s*(?:disable|skip-file)|ruff:\\s*noqa|flake8:\\s*noqa',
    '//\\s*nolint|//\\s*(?:#nosec|lint:(?:file-)?ignore)|exhaustive:ignore',
    '#!?\\s*\\[\\s*(?:cfg_attr\\([^\\n]{0,200}?)?(?:allow|expect)\\s*\\(|rustfmt::skip',
    '@SuppressWarnings|@SuppressFBWarnings|@SuppressLint|@Suppress\\(|@file:Suppress|\\bNOSONAR\\b|\\bNOPMD\\b|CHECKSTYLE[:.]OFF|noinspection',
    'swiftlint:disable|swiftformat:disable|ktlint-disable|rubocop:(?:disable|todo)|sorbet:\\s*ignore|#pragma warning disable|SuppressMessage|phpcs:(?:ignore|disable)|@phpstan-ignore|@psalm-suppress|phan-suppress',
    'shellcheck disable|hadolint ignore|tfsec:ignore|checkov:skip|trivy:ignore|gitleaks:allow|NOLINT|cppcheck-suppress|luacheck:\\s*ignore|credo:disable',
    'pragma:\\s*no\\s*(?:cover|branch)|(?:istanbul|c8|v8)\\s+ignore|node:coverage\\s+(?:disable|ignore)|coverage:\\s*ignore|LCOV_EXCL|codeCoverageIgnore|tarpaulin::skip|coverage\\(off\\)|ExcludeFromCodeCoverage|:nocov:',
  ].join('|'),
  // coverage.py, ruff and flake8 take theirs in any case.
  'i',
);

/** Tests that are left out, may fail, or leave the others out (`only`), by what their runners document. */
const skipping = new RegExp(
  [
    // vitest, jest, mocha, node:test, playwright, ava
    '\\b(?:it|test|describe|suite|context|specify|bench)(?:\\s*\\.\\s*\\w+){0,4}?\\s*\\??\\.\\s*(?:skip|only|todo|fixme|failing|fails|skipIf|runIf)\\b|\\b(?:it|test|describe)\\.if\\s*\\(',
    '\\b(?:it|test|describe|suite|context|specify)\\s*\\[\\s*[\'"`](?:skip|only|todo)',
    '(?<![.\\w$])(?:xit|xtest|xdescribe|xcontext|xspecify|fit|fdescribe|fcontext)\\s*(?:\\.each\\b|\\(\\s*[\'"`])',
    '\\{[^{}]{0,200}\\b(?:skip|only|todo)\\b[^{}]{0,200}\\}\\s*=\\s*(?:it|test|describe)\\b',
    '\\bthis\\s*\\.\\s*skip\\s*\\(|\\b(?:t|ctx|context)\\s*\\.\\s*(?:skip|todo)\\s*\\(',
    // pytest, unittest
    'pytest\\s*\\.\\s*(?:mark\\s*\\.\\s*(?:skip|skipif|xfail)|skip|xfail|importorskip)\\b|\\bmark\\.(?:skip|skipif|xfail)\\b',
    '\\bunittest\\s*\\.\\s*(?:skip\\w*|expectedFailure|SkipTest)|@(?:skip|skipIf|skipUnless|expectedFailure)\\b|\\.skipTest\\s*\\(|\\bSkipTest\\b',
    '\\bpytest_(?:collection_modifyitems|ignore_collect|runtest_makereport|pyfunc_call|sessionfinish)\\b|\\bcollect_ignore(?:_glob)?\\b|\\b__test__\\s*=\\s*False',
    // go test, cargo test, JUnit, xUnit and NUnit, XCTest, PHPUnit, RSpec
    '\\b[tb]\\s*\\.\\s*Skip(?:f|Now)?\\s*\\(|//go:build\\s+ignore\\b|//\\s*\\+build\\s+ignore\\b',
    '#\\s*\\[\\s*(?:ignore\\b|cfg_attr\\([^\\n]{0,200}?\\bignore\\b|cfg\\s*\\(\\s*any\\s*\\(\\s*\\)\\s*\\))',
    '@Test\\s*\\([^()]{0,200}enabled\\s*=\\s*false|@(?:Disabled|Ignore)(?:On\\w+|If\\w*|For\\w+)?\\b|\\bassume(?:True|False)\\s*\\(',
    '\\[\\s*Ignore\\b|\\[(?:Fact|Theory)\\s*\\(\\s*Skip|\\bXCTSkip\\w*|markTest(?:Skipped|Incomplete)',
  ].join('|'),
);

/** Options of node:test, playwright and others; the words are too common outside of tests. */
const skippingOption = /\b(?:skip|todo|only)["']?\s*:\s*(?:true\b|['"`]|!|process\b|import\b|Boolean\b|os\b)/;

/** A test file that ends its process, and well: what comes after it never runs. What stands in quotes is a text. */
const leaving =
  /^[^'"`]*(?:\bprocess\s*\.\s*(?:exit\s*\(\s*0?\s*\)|exitCode\s*=\s*0\b)|\bos\._exit\s*\(\s*0|\bsys\.exit\s*\(\s*0?\s*\)|\bos\.Exit\s*\(\s*0\s*\)|\bprocess::exit\s*\(\s*0)/;

/** A longer line is looked at in pieces, which bounds what the patterns cost; they overlap by more than a mark is long. */
const PIECE = 2000;
const OVERLAP = 300;

/** The kind of mark that a line of code has; `undefined` when it has none. White space may be as long as it likes. */
export function markIn(line: string, isTest: boolean): MarkKind | undefined {
  const text = line.replace(/\s+/g, ' ');
  let skips = false;
  for (let at = 0; at === 0 || at + OVERLAP < text.length; at += PIECE - OVERLAP) {
    const piece = text.slice(at, at + PIECE);
    if (silencing.test(piece)) return 'suppression';
    skips ||= skipping.test(piece) || (isTest && (skippingOption.test(piece) || leaving.test(piece)));
  }
  return skips ? 'skipped-test' : undefined;
}
