import type { Bookkeeping } from './bookkeeping.ts';

/** A path of the project as git names it from the worktree's root. */
export function inProject({ prefix }: Pick<Bookkeeping, 'prefix'>, file: string): string {
  return prefix === '' ? file : `${prefix}/${file}`;
}
