import path from 'node:path';
import { BacklogError, ExitCode, errnoOf, messageOf } from '../platform/errors.ts';
import { readTextIfExists } from '../platform/files.ts';
import type { FormerText } from './apply.ts';

/** Files that are named one by one. */
const MOST_NAMED = 5;

/**
 * What to say when a change could not be finished and could not be taken back either: which files are not as they were, and how
 * they become so again. The journal stays, and whoever looks at tickets next takes the rest back first.
 * @param touched what was changed, as it was before
 * @param why what stands in the way of taking it back
 * @param cut what had cut the change off; missing where a killed process was
 */
export function halfDone(
  applying: string,
  touched: readonly FormerText[],
  why: unknown,
  cut?: unknown,
): BacklogError {
  const open = touched.filter((one) => !isAsBefore(one));
  const named = open.slice(0, MOST_NAMED).map(({ file, before }) => `\n  ${stateOf(file, before)}`);
  const more = open.length > MOST_NAMED ? `\n  and ${open.length - MOST_NAMED} more` : '';
  const first = cut === undefined ? '' : `: ${plain(cut)}`;
  return new BacklogError({
    code: 'ticket-change-half-done',
    message:
      open.length === 0
        ? `a change of tickets was cut off${first}; every file is as it was before, but ${applying} stays: ${plain(why)}`
        : `a change of tickets was cut off${first}; taking it back failed: ${plain(why)}; ${open.length} of its files ${open.length === 1 ? 'is' : 'are'} not as before:${named.join('')}${more}`,
    fix: `${mendOf(why, applying, open)}, then \`backlog ticket validate\`: it takes the rest back first, from ${applying}`,
    exitCode: ExitCode.Outside,
    file: applying,
    cause: why,
    needsWork: true,
  });
}

function isAsBefore({ file, before }: FormerText): boolean {
  try {
    return (readTextIfExists(file) ?? null) === before;
  } catch {
    return false;
  }
}

function stateOf(file: string, before: string | null): string {
  let now: string | undefined;
  try {
    now = readTextIfExists(file);
  } catch (error) {
    return `${file} cannot be read: ${plain(error)}`;
  }
  if (now === undefined) return `${file} is gone`;
  return before === null ? `${file} is new` : `${file} has its new text`;
}

/** What stands in the way, as the edit that takes it away. */
function mendOf(why: unknown, applying: string, open: readonly FormerText[]): string {
  const code = errnoOf(why instanceof BacklogError ? why.cause : why);
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'free some disk space';
  const folders = new Set(
    (open.length === 0 ? [applying] : open.map(({ file }) => file)).map((file) => path.dirname(file)),
  );
  if (code === 'EISDIR' || code === 'ENOTDIR') return 'move what has taken the place of a ticket elsewhere';
  return `make sure that you may write to ${[...folders].join(' and ')}`;
}

function plain(error: unknown): string {
  const message = messageOf(
    error instanceof BacklogError && error.cause instanceof Error ? error.cause : error,
  );
  // Whoever wrote that could not know.
  return message.replace(/; nothing was (?:changed|written)$/, '');
}
