import path from 'node:path';
import { readTicketFile } from '../tickets/file.ts';
import { fileAt } from './repository.ts';
import { changedIn, filesIn, type VerifyScope } from './verify-tickets.ts';

/** Ids of the tickets in the backlog at the end of the range, by the names of their files. */
export async function ticketIdsOf(
  scope: VerifyScope,
  folders: readonly ('pending' | 'completed')[] = ['pending', 'completed'],
): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const folder of folders)
    for (const file of await ticketsIn(scope, scope.range.head, folder)) ids.add(idIn(file));
  return ids;
}

/**
 * Tickets that the range closed or took away past the program, one sentence each: closed where they stand in pending/, or
 * gone from completed/.
 */
export async function misplacedTickets(scope: VerifyScope): Promise<string[]> {
  const { place, range } = scope;
  const changed = await changedIn(place, range, `${dataOf(scope)}/`);
  if (changed.length === 0) return [];
  const problems: string[] = [];
  const pending = await ticketsIn(scope, range.head, 'pending');
  for (const file of pending.filter((name) => changed.includes(name))) {
    if ((await statusAt(scope, range.head, file)) !== 'completed') continue;
    if ((await statusAt(scope, range.base, file)) === 'completed') continue;
    problems.push(`${idIn(file)}: its status says completed, and it stands in pending/ (${file})`);
  }
  const there = await ticketIdsOf(scope);
  for (const file of await ticketsIn(scope, range.base, 'completed'))
    if (changed.includes(file) && !there.has(idIn(file)))
      problems.push(`${idIn(file)}: it was completed, and its ticket is gone (${file})`);
  return problems;
}

async function statusAt({ place }: VerifyScope, commit: string, file: string): Promise<string | undefined> {
  const text = await fileAt(place, commit, file);
  try {
    return text === undefined ? undefined : readTicketFile(text, file).status;
  } catch {
    // `ticket validate` says what is wrong with a pending ticket; it is none that could pass for a completed one.
    return undefined;
  }
}

async function ticketsIn(
  scope: VerifyScope,
  commit: string,
  folder: 'pending' | 'completed',
): Promise<string[]> {
  const files = await filesIn(scope.place, commit, `${dataOf(scope)}/${folder}/`);
  return files.filter((file) => file.endsWith('.md'));
}

function dataOf({ books }: VerifyScope): string {
  return `${books.prefix === '' ? '' : `${books.prefix}/`}${books.dataDir}`;
}

/** `FEAT-001` of `…/FEAT-001-discount.md`. */
function idIn(file: string): string {
  const name = path.posix.basename(file, '.md');
  return /^[A-Za-z][A-Za-z0-9]*-\d+/.exec(name)?.[0] ?? name;
}
