import { lstatSync } from 'node:fs';
import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { shellQuoted } from '../platform/shell.ts';
import { isBookkeeping } from './bookkeeping.ts';
import { namedFiles } from './named-files.ts';
import { tryPlumb } from './repository.ts';
import type { Work } from './work.ts';

/** A file that git leaves out, and the rule that says so. */
interface Ignored {
  /** From the worktree's root. */
  readonly file: string;
  /** `.gitignore:3`; absolute for a rule of the user's own. */
  readonly place: string;
  readonly pattern: string;
}

/**
 * Refuses a file of the ticket's that lies there and that git ignores: the commands of the gates would run with it here, and
 * the commit would not have it. One that is in the index is in the commit, whatever the rules say.
 * @throws BacklogError `file-ignored` (exit 1)
 */
export async function refuseIgnored(work: Work): Promise<void> {
  const [first, ...others] = await ignoredFiles(work);
  if (first === undefined) return;
  const ignored = [first, ...others];
  const words = ignored.map(({ file, place, pattern }) => `${file} (${place}: ${pattern})`);
  throw new BacklogError({
    code: 'file-ignored',
    message: `git ignores what ${work.ticket.id} is about, so no commit would have it:\n  ${words.join('\n  ')}`,
    fix: `git -C ${shellQuoted(work.place.worktree)} add --force -- ${ignored.map(({ file }) => shellQuoted(file)).join(' ')}; or narrow the rule at ${first.place}; or take the file out of the ticket's Affected Files`,
    exitCode: ExitCode.CheckFailed,
    details: { files: ignored },
  });
}

async function ignoredFiles(work: Work): Promise<Ignored[]> {
  const { place, books } = work;
  const present = [...new Set(namedFiles(work))].filter(
    (file) => isFileIn(place.worktree, file) && !isBookkeeping(file, books),
  );
  if (present.length === 0) return [];
  const { exitCode, stdout, stderr } = await tryPlumb(place, ['check-ignore', '--verbose', '-z', '--stdin'], {
    input: present.map((file) => `${file}\0`).join(''),
  });
  // 1: none is ignored.
  if (exitCode !== 0 && exitCode !== 1)
    work.call.note(`warning: git cannot say which files it ignores: ${stderr.trim()}`);
  const parts = stdout.split('\0');
  const found: Ignored[] = [];
  for (let index = 0; index + 3 < parts.length; index += 4) {
    const [source = '', line = '', pattern = '', file = ''] = parts.slice(index, index + 4);
    // A rule with `!` takes the file back in.
    if (!pattern.startsWith('!')) found.push({ file, place: `${source}:${line}`, pattern });
  }
  return found;
}

/** A file or a link; a path that leads out of the worktree is none of its files. */
function isFileIn(worktree: string, file: string): boolean {
  if (path.posix.isAbsolute(file) || path.posix.normalize(file).startsWith('..')) return false;
  try {
    return !lstatSync(path.join(worktree, file)).isDirectory();
  } catch {
    return false;
  }
}
