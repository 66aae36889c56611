import path from 'node:path';
import { readTextIfExists, writeFileAtomic } from '../platform/files.ts';
import { git } from '../platform/git.ts';
import { anchoredPattern, withIgnored } from '../project/ignore-file.ts';
import { gitCommonDir, worktreeRoot } from '../project/paths.ts';

const COMMENT = 'backlog-toolkit: settings of `gateway enable`';

/**
 * Keeps a settings file of the user's own out of git's sight, unless something else does or git has it: as an untracked file it
 * would stand in the way of `ticket start`, and of a commit. Outside a repository there is nothing to do.
 */
export async function ignoreLocally(file: string, env: NodeJS.ProcessEnv): Promise<void> {
  const place = placeOf(file);
  if (place === undefined) return;
  const asked = { cwd: place.worktree, env };
  const { exitCode: ignored } = await git(['check-ignore', '-q', '--', file], asked);
  const { exitCode: tracked } = await git(['ls-files', '--error-unmatch', '--', file], asked);
  if (ignored === 0 || tracked === 0) return;
  const text = readTextIfExists(place.exclude) ?? '';
  writeFileAtomic(place.exclude, withIgnored(text, [place.pattern], COMMENT));
}

/** Takes exactly that out again. */
export function stopIgnoring(file: string): void {
  const place = placeOf(file);
  const text = place === undefined ? undefined : readTextIfExists(place.exclude);
  if (place === undefined || text === undefined) return;
  const lines = text.split('\n');
  const at = lines.findIndex(
    (line, index) => line.trimEnd() === `# ${COMMENT}` && lines[index + 1]?.trimEnd() === place.pattern,
  );
  if (at >= 0) writeFileAtomic(place.exclude, lines.toSpliced(at, 2).join('\n'));
}

function placeOf(file: string) {
  const worktree = worktreeRoot(path.dirname(path.dirname(file)));
  const shared = worktree === undefined ? undefined : gitCommonDir(worktree);
  if (worktree === undefined || shared === undefined) return undefined;
  const relative = path.relative(worktree, file).split(path.sep).join('/');
  return {
    worktree,
    exclude: path.join(shared, 'info', 'exclude'),
    pattern: anchoredPattern(relative, 'file'),
  };
}
