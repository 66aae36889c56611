import { statSync } from 'node:fs';
import path from 'node:path';
import { BacklogError, ExitCode, usageError } from '../platform/errors.ts';

/** What every command takes. */
export interface Globals {
  readonly cwd: string;
  readonly json: boolean;
  readonly noColor: boolean;
  readonly session: string | undefined;
  readonly agent: string | undefined;
  readonly stamp: string | undefined;
}

/** @throws BacklogError `usage` (exit 2) for a `--cwd` that is no folder: the walk upwards would find another project */
export function globalsOf(options: Readonly<Record<string, unknown>>): Globals {
  const text = (name: string): string | undefined => {
    const value = options[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const folder = text('cwd');
  if (folder !== undefined && !isFolder(folder))
    throw usageError(`--cwd ${folder} is no folder`, 'make it first, or pass another one');
  return {
    cwd: path.resolve(folder ?? currentFolder()),
    json: options.json === true,
    noColor: options.color === false,
    session: text('session'),
    agent: text('agent'),
    stamp: text('stamp'),
  };
}

/** @throws BacklogError `folder-gone` (exit 3): a worktree that a wave took away, with a shell still in it */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    throw new BacklogError({
      code: 'folder-gone',
      message: "the folder in which the call was made is gone, as a ticket's worktree is after its wave",
      fix: 'cd to the project, or pass --cwd <dir>, and run the command again',
      exitCode: ExitCode.ProjectUnusable,
      cause: error,
    });
  }
}

function isFolder(name: string): boolean {
  try {
    return statSync(name).isDirectory();
  } catch {
    return false;
  }
}
