import path from 'node:path';

/**
 * Paths that are taken. Two paths meet when they are the same or when one is a folder around the other; a glob stands for the
 * folder in front of its first wildcard, so that it never claims too little. Case counts for nothing: on two of three systems
 * `A.ts` and `a.ts` are one file.
 */
export class PathSet {
  /** Paths that were added. */
  readonly #paths = new Set<string>();
  /** Every folder above one that was added. */
  readonly #above = new Set<string>();

  add(file: string): void {
    const plain = plainPath(file);
    this.#paths.add(plain);
    for (const folder of foldersAbove(plain)) this.#above.add(folder);
  }

  /** Whether a path of the set and `file` can be the same file. */
  meets(file: string): boolean {
    const plain = plainPath(file);
    return (
      this.#paths.has(plain) ||
      this.#above.has(plain) ||
      foldersAbove(plain).some((folder) => this.#paths.has(folder))
    );
  }
}

/** Relative, forward slashes, without `./`, `..` resolved, no slash at the end, lower case, cut before a wildcard. */
function plainPath(file: string): string {
  const slashed = path.posix.normalize(file.trim().replaceAll('\\', '/'));
  const segments = slashed.split('/').filter((segment) => segment !== '' && segment !== '.');
  const wild = segments.findIndex((segment) => /[*?[{]/.test(segment));
  return (wild < 0 ? segments : segments.slice(0, wild)).join('/').toLowerCase();
}

/** The folders around a path, the root (`''`) last; none above the root itself. */
function foldersAbove(plain: string): string[] {
  if (plain === '') return [];
  const segments = plain.split('/');
  return segments.map((_, index) => segments.slice(0, index).join('/'));
}
