import { isCodeFile } from '../project/code-files.ts';

/** A comment by which code tells a tool to look away, added by the change that is judged. */
export interface Suppression {
  readonly file: string;
  /** The added line, trimmed. */
  readonly text: string;
}

/** Comments that silence type checkers, linters and coverage, by what their tools document. */
const marks =
  /eslint-disable|@ts-(?:ignore|nocheck|expect-error)|biome-ignore|oxlint-disable|tslint:disable|prettier-ignore|#\s*noqa|#\s*type:\s*ignore|pyright:\s*ignore|pylint:\s*disable|ruff:\s*noqa|#\s*nosec|\/\/\s*nolint|#!?\[(?:allow|expect)\(|swiftlint:disable|rubocop:disable|@SuppressWarnings|\bNOSONAR\b/;

/**
 * Suppressions that a unified difference adds. One that only moved (removed in the same words) does not count.
 * @param patch as `ticketDiff` gives it
 */
export function addedSuppressions(patch: string): Suppression[] {
  const added: Suppression[] = [];
  const removed: string[] = [];
  let from = '';
  let to = '';
  let inHunk = false;
  for (const line of patch.split('\n')) {
    if (line.startsWith('diff --git ')) inHunk = false;
    else if (line.startsWith('@@ ')) inHunk = true;
    else if (!inHunk && line.startsWith('--- ')) from = nameOf(line);
    else if (!inHunk && line.startsWith('+++ ')) to = nameOf(line);
    else if (inHunk && marks.test(line.slice(0, 2000))) {
      if (line.startsWith('+') && isCodeFile(to)) added.push({ file: to, text: line.slice(1).trim() });
      if (line.startsWith('-') && isCodeFile(from)) removed.push(line.slice(1).trim());
    }
  }
  return added.filter(({ text }) => {
    const index = removed.indexOf(text);
    if (index >= 0) removed.splice(index, 1);
    return index < 0;
  });
}

/** `+++ b/src/a.ts`, quoted when the name has unusual characters. */
function nameOf(line: string): string {
  return line
    .slice(4)
    .replace(/^"?[ab]\//, '')
    .replace(/"?\t?$/, '');
}
