import { usageError } from '../platform/errors.ts';

/**
 * The check of a title by itself, without the library that checks whole drafts: it takes longer to load than a ticket to make.
 * @throws BacklogError `usage` (exit 2) for a title that a draft could not have either
 */
export function checkTitle(title: unknown): void {
  const problem = titleProblem(title);
  if (problem === undefined) return;
  throw usageError(
    `the title cannot be used: ${problem}`,
    'say in one line of at most 200 characters what is to be done',
  );
}

/** In the words of `titleSchema`; a test compares both. */
export function titleProblem(title: unknown): string | undefined {
  if (typeof title !== 'string') {
    const kind = title === null ? 'null' : Array.isArray(title) ? 'array' : typeof title;
    return `Invalid input: expected string, received ${kind}`;
  }
  const text = title.trim();
  if (text === '') return 'Too small: expected string to have >=1 characters';
  // In code points, not in units of UTF-16.
  const length = [...text].length;
  if (length > 1000) return 'Too big: expected string to have <=1000 characters';
  if (/[\r\n\0]/.test(text)) return 'must be one line';
  if (length > 200) return 'Too big: expected string to have <=200 characters';
  return /\p{Cc}/u.test(text) ? 'must be one line without control characters' : undefined;
}
