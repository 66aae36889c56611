import path from 'node:path';
import { isInside, realPlace } from '../platform/files.ts';
import { type Confines, isOutside } from './confines.ts';
import type { Word } from './shell.ts';

/** What is guarded while somebody holds a ticket. */
export interface Guarded {
  /** `.backlog-ops` of the project. */
  readonly opsDir: string;
  /** Where tickets lie, with `completed/` in it. */
  readonly dataDir: string;
  readonly cwd: string;
  /** Behind a `cd` whose target is known only when it runs: relative paths are not held to the confines. */
  readonly adrift?: boolean | undefined;
  /** git's own folder, which all worktrees share. */
  readonly gitDir?: string | undefined;
  /** The user's own folder, `~/.backlog-toolkit`. */
  readonly home?: string | undefined;
  /** For `~` and `$HOME` in a command line. */
  readonly userHome?: string | undefined;
  /** Where this caller may write; everywhere when it is `undefined`. */
  readonly confines?: Confines | undefined;
}

export const gateHint = 'Gates are run by `backlog gate run <gate> --ticket <id>`.';

/**
 * Which guarded folder a path leads into. `around`: it is a folder around the evidence; `git`: git's own files; `home`: ours in
 * the user's folder; `outside`: not where the caller's work is.
 */
export type Place = 'evidence' | 'completed' | 'around' | 'git' | 'home' | 'outside' | undefined;

/** Longer than any path that a system takes (PATH_MAX is 4096 on Linux); those are judged by their names alone. */
const MOST_PATH = 4096;
/** Paths whose links are followed for one judgement; a line with more is judged by names, so that it is judged in time. */
const MOST_FOLLOWED = 500;

/** A hook is a process of its own for one event, so nothing in here grows old. */
const followed = new Map<string, string>();

function followLinks(file: string): string {
  const known = followed.get(file);
  if (known !== undefined) return known;
  if (file.length > MOST_PATH || followed.size >= MOST_FOLLOWED) return file;
  const real = realPlace(file);
  followed.set(file, real);
  return real;
}

/**
 * Where a path leads, by its name and by where its links lead. Capitals count for nothing: some file systems take
 * `.Backlog-Ops` for the same folder.
 */
export function placeOf(file: string, guarded: Guarded): Place {
  const { opsDir, dataDir, cwd, adrift, confines } = guarded;
  const completed = path.join(dataDir, 'completed');
  const realCompleted = followLinks(completed);
  const named = path.resolve(cwd, file);
  const real = followLinks(named);
  const places = real === named ? [named] : [named, real];
  for (const place of places) {
    if (isIn(opsDir, place) || isIn(path.join(dataDir, 'evidence'), place)) return 'evidence';
    if (isIn(completed, place) || isIn(realCompleted, place)) return 'completed';
    if (isOfGit(place, guarded)) return 'git';
    if (isOfHome(place, guarded)) return 'home';
  }
  if (confines !== undefined && !(adrift && !path.isAbsolute(file)) && isOutside(real, confines))
    return 'outside';
  return places.some((place) => isIn(place, opsDir)) ? 'around' : undefined;
}

/** Links to git's folder count too: `.git` of a linked worktree. A lock that a killed git has left may be taken away. */
function isOfGit(place: string, { gitDir, confines }: Guarded): boolean {
  if (place.endsWith('.lock')) return false;
  if (gitDir !== undefined && isIn(gitDir, place)) return true;
  return confines?.roots.some((root) => isIn(path.join(root, '.git'), place)) ?? false;
}

/** Worktrees lie in there too, and are for those who work in them. */
function isOfHome(place: string, { home }: Guarded): boolean {
  return home !== undefined && isIn(home, place) && !isIn(path.join(home, 'worktrees'), place);
}

/**
 * The same for a word of a command line. A word that is known only when it runs is judged by the part that is written.
 * @param mover whether the command moves or copies files to here
 */
export function placeOfWord({ text, dynamic }: Word, guarded: Guarded, mover: boolean): Place {
  if (/(^|\/)\.backlog-ops(\/|$)/i.test(text)) return 'evidence';
  if (!dynamic) return placeOf(text, guarded);
  const known = withKnown(text, guarded);
  if (known !== undefined) return placeOf(known, guarded);
  const data = path.basename(guarded.dataDir).toLowerCase();
  const folders = text.toLowerCase().split('/');
  const at = folders.indexOf('completed');
  return at > 0 && (mover || folders[at - 1] === data) ? 'completed' : undefined;
}

/**
 * A path with `~`, `$HOME` and `$PWD` put in; of a pattern the folder that it looks in.
 * @returns `undefined` when something else stays to be expanded
 */
export function withKnown(text: string, { cwd, adrift, userHome }: Guarded): string | undefined {
  const put = (value: string | undefined) => (whole: string) => value ?? whole;
  const known = text
    .replace(/^~(?=\/|$)/, put(userHome))
    .replace(/^\$(?:HOME\b|\{HOME\})/, put(userHome))
    .replace(/^\$(?:PWD\b|\{PWD\})/, put(adrift ? undefined : cwd));
  if (/[$`]|^~/.test(known)) return undefined;
  const pattern = known.search(/[*?[{]/);
  return pattern < 0 ? known : path.dirname(`${known.slice(0, pattern)}x`);
}

function isIn(parent: string, child: string): boolean {
  return isInside(parent.toLowerCase(), child.toLowerCase());
}
