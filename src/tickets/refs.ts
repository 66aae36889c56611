import {
  closeSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { checksum } from '../platform/checksum.ts';
import { errnoOf } from '../platform/errors.ts';
import { openToRead, temporaryBeside } from '../platform/files.ts';

// What can be told of a repository's branches without starting git, which takes longer than making a ticket
// (gitrepository-layout(5)). Whatever is not the usual case is left to git.

/** More refs than that are left to git. */
const MOST_REFS = 2000;
/** Nobody has so many tickets on branches, in bytes. */
const MOST = 64 * 1024 * 1024;

/**
 * All that says where the branches of a repository stand, as one text; it changes whenever one of them does. Empty where there are
 * none.
 * @param shared its `.git`
 * @returns `undefined` where only git can tell
 */
export function refsOf(shared: string): string | undefined {
  try {
    if (!lstatSync(shared).isDirectory()) return undefined;
    // Another place or another format of the refs, or another work tree than the folder around it.
    const config = readFileSync(path.join(shared, 'config'), 'utf8');
    if (/worktree|refstorage|include|bare\s*=(?!\s*false\b)/i.test(config)) return undefined;
    if (there(path.join(shared, 'reftable')) || there(path.join(shared, 'commondir'))) return undefined;
    const parts: string[] = [];
    for (const folder of ['refs/heads', 'refs/remotes']) looseRefs(shared, folder, parts);
    const packed = path.join(shared, 'packed-refs');
    if (there(packed)) {
      const text = readFileSync(packed, 'utf8');
      if (/ refs\/(?:heads|remotes)\//.test(text)) parts.push(text);
    }
    return parts.join('\n');
  } catch {
    // Changed under our eyes, or unreadable: git says what there is.
    return undefined;
  }
}

/** Whether other worktrees belong to the repository, or one may be there that cannot be seen. */
export function hasWorktrees(shared: string): boolean {
  try {
    return readdirSync(path.join(shared, 'worktrees')).length > 0;
  } catch (error) {
    return errnoOf(error) !== 'ENOENT';
  }
}

function looseRefs(shared: string, folder: string, parts: string[]): void {
  if (!there(path.join(shared, folder))) return;
  for (const entry of readdirSync(path.join(shared, folder), { withFileTypes: true })) {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) looseRefs(shared, name, parts);
    else if (!entry.isFile() || parts.length > MOST_REFS) throw new Error(`${name} is left to git`);
    else parts.push(`${name} ${readFileSync(path.join(shared, name), 'utf8')}`);
  }
}

function there(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

/** Names that were kept under this key. @returns `undefined` when there are none that can be used */
export function readNames(file: string, key: string): readonly string[] | undefined {
  try {
    const handle = openToRead(file);
    let text: string;
    try {
      text = readFileSync(handle, 'utf8');
    } finally {
      closeSync(handle);
    }
    const end = text.indexOf('\n');
    const body = text.slice(end + 1);
    if (end < 0 || text.slice(0, end) !== headOf(key, body)) return undefined;
    const names: unknown = JSON.parse(body);
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : undefined;
  } catch {
    // There are none yet: git is asked.
    return undefined;
  }
}

/** Nothing of it throws: a command works without. */
export function keepNames(file: string, key: string, names: readonly string[]): void {
  const body = JSON.stringify(names);
  if (body.length > MOST) return;
  const temporary = temporaryBeside(file);
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(temporary, `${headOf(key, body)}\n${body}`, { flag: 'wx', mode: 0o600 });
    renameSync(temporary, file);
  } catch {
    // Whoever may not write here asks git each time.
    rmSync(temporary, { force: true });
  }
}

function headOf(key: string, body: string): string {
  return checksum(`${key}\n${body}`);
}
