import path from 'node:path';
import { BacklogError, ExitCode, messageOf } from '../../platform/errors.ts';
import { type Embedded, embedIndex } from '../../retrieval/embed-index.ts';
import {
  differenceOf,
  indexFile,
  type Refreshed,
  refreshIndex,
  storedIndex,
} from '../../retrieval/refresh.ts';
import { listSources, type SourceWorld } from '../../retrieval/sources.ts';
import { openEmbedder } from '../embedder.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
import { withBars } from '../progress.ts';
import { openProject } from '../project.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog index build`: reads every file again. */
export const build: CommandFunction = (_call, io) => refresh(io, true);

/** `backlog index update`: reads what has changed. */
export const update: CommandFunction = (_call, io) => refresh(io, false);

async function refresh(io: Io, rebuild: boolean): Promise<ExitCode> {
  const world = { ...openProject(io), env: io.env };
  const began = performance.now();
  const done = await withBars(io, ({ watch }) => refreshIndex(world, { rebuild, watch }));
  const embedded = await embed(world, done, io);
  const { changes, skipped, cut } = done;
  const { files, symbols } = done.index;
  const file = path.relative(io.cwd, indexFile(world));
  if (cut) io.note('warning: the project has more than 100,000 files; the rest is not indexed');
  printResult(io, {
    json: {
      file,
      files: files.length,
      chunks: symbols.length,
      ...changes,
      skipped,
      embeddings: embedded ?? null,
      duration_ms: Math.round(performance.now() - began),
    },
    text: [
      `${files.length} files in ${symbols.length} pieces: ${changes.added} new, ${changes.changed} changed, ${changes.removed} gone, ${changes.unchanged} as before`,
      ...skippedLine(skipped),
      ...(embedded === undefined
        ? []
        : [`embeddings by ${embedded.model}: ${embedded.added} made, ${embedded.vectors} in all`]),
    ].join('\n'),
  });
  return ExitCode.Ok;
}

/**
 * Vectors for the pieces that have none, where the configuration names a model. A server that does not answer costs one warning:
 * the index of words stands without it.
 * @throws BacklogError `budget-spent` (exit 1)
 */
async function embed(world: SourceWorld, { index }: Refreshed, io: Io): Promise<Embedded | undefined> {
  const embedder = await openEmbedder(io, world.paths, world.config);
  if (embedder === undefined) return undefined;
  try {
    return await withBars(io, ({ watch }) => embedIndex(world, index, embedder, watch));
  } catch (error) {
    if (error instanceof BacklogError) throw error;
    io.note(`warning: no embeddings, words alone are searched: ${messageOf(error)}`);
    return undefined;
  } finally {
    await embedder.close();
  }
}

/** `backlog index status`: what the index has, and how far the files have gone on. */
export const status: CommandFunction = async (_call, io) => {
  const world = { ...openProject(io), env: io.env };
  const { file, found } = storedIndex(world);
  const list = await listSources(world);
  const shown = path.relative(io.cwd, file);
  if (found === undefined) {
    printResult(io, {
      json: {
        file: shown,
        exists: false,
        files_in_project: list.sources.length,
        next: 'backlog index build',
      },
      text: `there is no index of the ${list.sources.length} files; make it with: backlog index build`,
    });
    return ExitCode.Ok;
  }
  const { index, bytes } = found;
  const { read, removed } = differenceOf(index, list);
  const tickets = index.files.filter(({ kind }) => kind === 'ticket').length;
  const stale = read.length + removed;
  printResult(io, {
    json: {
      file: shown,
      exists: true,
      files: index.files.length,
      tickets,
      chunks: index.symbols.length,
      terms: index.termCount,
      bytes,
      changed: read.length,
      removed,
      skipped: list.skipped,
      next: stale === 0 ? null : 'backlog index update',
    },
    text: [
      `${index.files.length} files (${tickets} tickets) in ${index.symbols.length} pieces, ${index.termCount} terms, ${(bytes / 1024 / 1024).toFixed(1)} MiB in ${shown}`,
      stale === 0
        ? 'up to date'
        : `${read.length} files to read, ${removed} gone: backlog index update (a query does it by itself)`,
      ...skippedLine(list.skipped),
    ].join('\n'),
  });
  return ExitCode.Ok;
};

function skippedLine(skipped: Readonly<Record<string, number>>): string[] {
  const parts = Object.entries(skipped).map(([reason, count]) => `${count} ${reason}`);
  return parts.length === 0 ? [] : [`left out: ${parts.join(', ')}`];
}
