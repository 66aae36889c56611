import path from 'node:path';
import * as z from 'zod';

/** Text that is not only white space. */
export const filledText = z.string().regex(/\S/, 'is empty');

/** `BUG`, `FEAT`, `SEC2`. */
export const ticketPrefix = z
  .string()
  .regex(/^[A-Z][A-Z0-9]{0,15}$/, 'is no ticket prefix: 1 to 16 capital letters and digits, a letter first');

/** The name of an environment variable. A key that was pasted here instead is never repeated in a message. */
export const envName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable, never the key itself');

export const httpUrl = z
  .string()
  .regex(
    /^https?:\/\/[^\s/@]+(\/\S*)?$/,
    'must be an http:// or https:// URL without a user name or password',
  );

export const fraction = z.number().min(0).max(1);
export const countFrom = (least: number) => z.int().min(least);

/**
 * A folder or file of the project: relative, below the project's root, not in git's or our own folder. It is normalised
 * (`./backlog//data/` becomes `backlog/data`), so that paths can be compared as text.
 */
export const projectPath = z.string().overwrite(normalise).refine(isProperSubpath, {
  error:
    "must be a relative path below the project's root, not the root, not above it, not in .git or .backlog-ops",
});

function normalise(value: string): string {
  return value === '' ? value : path.posix.normalize(value.replaceAll('\\', '/')).replace(/(?<=.)\/$/, '');
}

function isProperSubpath(value: string): boolean {
  const first = value.split('/')[0]?.toLowerCase();
  return (
    value !== '' &&
    value !== '.' &&
    first !== '..' &&
    first !== '.git' &&
    first !== '.backlog-ops' &&
    !path.posix.isAbsolute(value) &&
    !path.win32.isAbsolute(value) &&
    !/^[A-Za-z]:/.test(value) &&
    ![...value].some((character) => character < ' ' || character === '\u007f')
  );
}
