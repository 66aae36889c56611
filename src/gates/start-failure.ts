import { plainLines, readTestResults } from './test-results.ts';

/**
 * What launchers print when there is nothing to start. The shell's own answers are 126 and 127; these come with an exit code
 * that a finding or a failing test has too, and the base fails in the same words, so that it would pass for debt.
 */
const words: readonly RegExp[] = [
  // npm and npx; ELIFECYCLE is a script that ran and failed.
  /^npm (?:error|ERR!) (?:npx canceled|could not determine executable|missing script:)/i,
  /^npm (?:error|ERR!) code E(?!LIFECYCLE\b)[A-Z0-9_]+$/,
  /^\s*This is not the tsc command you are looking for\s*$/,
  // pnpm, yarn, bun
  /^\s*(?:\[?ERR_PNPM_\w+\]?\s+)(?:Missing script:|Command ".*" not found)/,
  /^error Command ".*" not found\.$/,
  /^Usage Error: Couldn't find a (?:script|command) named /,
  /^error: Script not found "/,
  // Python, poetry, uv
  /^\S*python[\d.]*(?:\.exe)?: (?:No module named |can't open file )/,
  /^Command not found: \S+$/,
  /^error: Failed to spawn: `/,
  // cargo, rustup
  /^error: no such (?:sub)?command: `/,
  /^error: '\S+' is not installed for the toolchain /,
  // make hides the shell's 126 and 127 behind its own 2.
  /^make(?:\[\d+\])?: \*\*\* (?:No rule to make target |.*\] Error 12[67]$)/,
  // node: an empty list says that nobody required it, so it is the program itself.
  /^\s*requireStack: \[\]/,
  /^(?:Oops! .*)?ESLint couldn't find (?:an eslint\.config|a configuration file|the config )/,
];

/** What test runners print when they found nothing to run. On a base without tests that is as it should be. */
const emptyRuns: readonly RegExp[] = [
  /^Could not find '.*'$/,
  /^(?:Error: )?No test(?: file)?s found\b/,
  /^(?:=+ )?no tests ran in /,
];

/** A line that says so, when a failing command never began its work; `undefined` when it did, or nothing tells. */
export function startFailureIn(output: string): string | undefined {
  return lineOf(output, words);
}

/** A line that says that a test command found no test; `undefined` when it ran some, or nothing tells. */
export function emptyRunIn(output: string): string | undefined {
  return lineOf(output, emptyRuns);
}

/** A runner that named or counted tests has started; what stands there then is what its tests printed. */
function lineOf(output: string, patterns: readonly RegExp[]): string | undefined {
  const line = plainLines(output, []).find((one) => patterns.some((pattern) => pattern.test(one)));
  if (line === undefined) return undefined;
  const { failed, passed } = readTestResults(output, []);
  return failed.length === 0 && !passed ? line.trim().slice(0, 200) : undefined;
}
