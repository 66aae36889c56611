import type { BacklogConfig } from '../project/config.ts';
import type { ProjectPaths } from '../project/paths.ts';
import { type Backlog, type Listing, ticketPlaces } from '../tickets/backlog.ts';
import { changeIsOpen } from '../tickets/changes.ts';
import { listTickets } from '../tickets/listing.ts';
import type { Io } from './io.ts';
import { knownProject } from './known-project.ts';
import { type Progress, progress } from './progress.ts';

/** The project, with what a killed writer has left half done taken back. */
export async function settled(
  io: Io,
): Promise<{ readonly paths: ProjectPaths; readonly config: BacklogConfig }> {
  const { paths, config } = await knownProject(io);
  if (changeIsOpen(paths)) await (await import('../tickets/write.ts')).settleChanges(paths, config);
  return { paths, config };
}

/** Every ticket as lists need it, with a bar while many files are read. */
export async function listing(paths: ProjectPaths, config: BacklogConfig, io: Io): Promise<Listing> {
  let bar: Progress | undefined;
  const reading = (total: number) => {
    bar = progress(io, 'reading tickets', total);
    return bar.advance;
  };
  try {
    return await listTickets(paths, config, { reading });
  } finally {
    bar?.end();
  }
}

/** For what is about single tickets, which are found by the names of their files; a list does not load this. */
export async function tickets(paths: ProjectPaths, config: BacklogConfig): Promise<Backlog> {
  const { openTickets } = await import('../tickets/store.ts');
  return openTickets(paths, config);
}

/** Most ticket files that are held whole: their texts take some 40 MiB, and reading each of them twice takes half as long again. */
const HELD_WHOLE = 2_000;

/**
 * Every ticket for checks that go over them more than once: whole where there are few, as lists have them (and read again when
 * needed) where there are many, so that memory does not grow with their texts.
 */
export async function checkable(paths: ProjectPaths, config: BacklogConfig, io: Io): Promise<Listing> {
  (await import('../platform/small-heap.ts')).keepHeapSmall();
  const files = ticketPlaces(paths, config).reduce((sum, { names }) => sum + names.length, 0);
  return files > HELD_WHOLE
    ? listing(paths, config, io)
    : (await import('../tickets/open.ts')).loadBacklog(paths, config);
}
