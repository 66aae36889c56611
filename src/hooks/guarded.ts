import path from 'node:path';
import { isInside, realPlace } from '../platform/files.ts';
import type { Word } from './shell.ts';

/** What is guarded while somebody holds a ticket. */
export interface Guarded {
  /** `.backlog-ops` of the project. */
  readonly opsDir: string;
  /** Where tickets lie, with `completed/` in it. */
  readonly dataDir: string;
  readonly cwd: string;
}

export const gateHint = 'Gates are run by `backlog gate run <gate> --ticket <id>`.';

/** Which guarded folder a path leads into. `below`: it is a folder around the evidence. */
export type Place = 'evidence' | 'completed' | 'around' | undefined;

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
export function placeOf(file: string, { opsDir, dataDir, cwd }: Guarded): Place {
  const completed = path.join(dataDir, 'completed');
  const realCompleted = followLinks(completed);
  const named = path.resolve(cwd, file);
  const real = followLinks(named);
  for (const place of real === named ? [named] : [named, real]) {
    if (isIn(opsDir, place)) return 'evidence';
    if (isIn(completed, place) || isIn(realCompleted, place)) return 'completed';
    if (isIn(place, opsDir)) return 'around';
  }
  return undefined;
}

/**
 * The same for a word of a command line. A word that is known only when it runs is judged by the part that is written.
 * @param mover whether the command moves or copies files to here
 */
export function placeOfWord({ text, dynamic }: Word, guarded: Guarded, mover: boolean): Place {
  if (/(^|\/)\.backlog-ops(\/|$)/i.test(text)) return 'evidence';
  if (!dynamic) return placeOf(text, guarded);
  const data = path.basename(guarded.dataDir).toLowerCase();
  const folders = text.toLowerCase().split('/');
  const at = folders.indexOf('completed');
  return at > 0 && (mover || folders[at - 1] === data) ? 'completed' : undefined;
}

function isIn(parent: string, child: string): boolean {
  return isInside(parent.toLowerCase(), child.toLowerCase());
}
