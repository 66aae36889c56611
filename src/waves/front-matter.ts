import { closeSync, constants, fstatSync, opendirSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { parseYaml, valuesOf } from '../tickets/front-matter.ts';

/** Files of other plugins and of the user: of each only this much is read, in bytes. */
const HEAD_BYTES = 8 * 1024;
/** Most names of one folder that are looked at. */
const MOST_NAMES = 2000;

export interface Described {
  /** `name` of the front matter; `undefined` when it has none. */
  readonly name: string | undefined;
  /** One line, at most 300 characters; empty when there is none. */
  readonly description: string;
}

/**
 * Name and description of somebody else's agent or skill. Nothing of it is run; only a regular file is read, and only its
 * beginning, so that neither a pipe, a device nor a large file can hold the program up.
 * @returns `undefined` for what cannot be read, or has no front matter that can be understood
 */
export function describedIn(file: string): Described | undefined {
  const head = readHead(file);
  const block = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?\n)---[ \t]*(?:\r?\n|$)/.exec(head ?? '')?.[1];
  if (block === undefined) return undefined;
  try {
    const value = valuesOf(parseYaml(block, file), file);
    if (typeof value !== 'object' || value === null) return undefined;
    const { name, description }: { name?: unknown; description?: unknown } = value;
    return { name: plainLine(name, 100) || undefined, description: plainLine(description, 300) };
  } catch {
    // Somebody else's mistake: their tool says so, and ours goes on without the file.
    return undefined;
  }
}

/** The beginning of a regular file; `undefined` when there is none. */
export function readHead(file: string): string | undefined {
  let handle: number | undefined;
  try {
    // Without O_NONBLOCK, opening a pipe waits for its writer.
    handle = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    if (!fstatSync(handle).isFile()) return undefined;
    const bytes = Buffer.alloc(HEAD_BYTES);
    return bytes.toString('utf8', 0, readSync(handle, bytes, 0, HEAD_BYTES, 0));
  } catch {
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

export interface Entry {
  readonly name: string;
  /** A folder, not a link to one. */
  readonly folder: boolean;
  readonly link: boolean;
}

/** Names in a folder, sorted; at most {@link MOST_NAMES} of them, however many there are. Empty when there is no such folder. */
export function entriesOf(folder: string): Entry[] {
  const entries: Entry[] = [];
  try {
    const opened = opendirSync(folder);
    try {
      for (let at = opened.readSync(); at !== null && entries.length < MOST_NAMES; at = opened.readSync())
        entries.push({ name: at.name, folder: at.isDirectory(), link: at.isSymbolicLink() });
    } finally {
      opened.closeSync();
    }
  } catch {
    return [];
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Files of a folder with this ending, full paths. */
export function filesIn(folder: string, ending: string): string[] {
  return entriesOf(folder)
    .filter(({ name }) => name.endsWith(ending))
    .map(({ name }) => path.join(folder, name));
}

/** Text of somebody else on one line, without anything that moves a cursor. */
function plainLine(value: unknown, most: number): string {
  if (typeof value !== 'string') return '';
  return value
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, most);
}
