import type { ChangedFile } from './changed-file.ts';

/** An object of git's: a file's content, a folder's entries, a commit. */
export interface GitObject {
  readonly type: string;
  /** Each byte as a character of its own (`latin1`). */
  readonly bytes: string;
}

/**
 * What git has said during one command and cannot say otherwise later: a full object id names its content for good. What a user's
 * command or an agent may change meanwhile is never kept: no working folder's tree, no HEAD, no branch, no attributes.
 */
export class GitFacts {
  /** By {@link nameOf}; `undefined` for a path that is not in that commit or tree. */
  readonly objects = new Map<string, GitObject | undefined>();
  /** What lies in a folder, by {@link nameOf}: paths from the root. */
  readonly folders = new Map<string, readonly string[]>();
  /** Full ids of commits that are in the repository. */
  readonly commits = new Set<string>();
  /** Code trees by what they are made of: a commit or tree without the books, or the digest of a list of files. */
  readonly codeTrees = new Map<string, string>();
  /** The files that differ between two trees, by `<full id> <full id>`. */
  readonly changes = new Map<string, readonly ChangedFile[]>();
  /** Roots of worktrees by a folder in them. */
  readonly topLevels = new Map<string, string>();
  /** What git calls the user, by a folder of the repository. */
  readonly userNames = new Map<string, string>();
}

/** A path in a commit or tree. */
export interface ObjectName {
  /** Full id of the commit or tree. */
  readonly id: string;
  /** From the root, forward slashes. */
  readonly path: string;
}

/** As git writes it. */
export function nameOf({ id, path }: ObjectName): string {
  return `${id}:${path}`;
}

/**
 * Names of a folder's entries, as git sorts them.
 * @param idBytes how long an id is in it
 */
export function entryNames({ type, bytes }: GitObject, idBytes: number): string[] {
  const names: string[] = [];
  // Each entry is `<mode> <name>`, a NUL, and the id.
  for (let at = 0; type === 'tree' && at < bytes.length; ) {
    const end = bytes.indexOf('\0', at);
    names.push(Buffer.from(bytes.slice(bytes.indexOf(' ', at) + 1, end), 'latin1').toString('utf8'));
    at = end + 1 + idBytes;
  }
  return names;
}

/** Whether `text` is the whole id of an object (SHA-1 or SHA-256), and no name whose meaning moves. */
export function isFullId(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}
