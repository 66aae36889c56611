import { existsSync } from 'node:fs';
import path from 'node:path';
import { holderOf, isTicketId, readClaim } from '../../gates/claims.ts';
import { promiseDigest, promiseOf } from '../../gates/promise.ts';
import { reservations } from '../../gates/reservations.ts';
import { settleStatuses } from '../../gates/settle.ts';
import { refuseUnblocking } from '../../gates/unblock.ts';
import { ExitCode, usageError } from '../../platform/errors.ts';
import { keepHeapSmall } from '../../platform/small-heap.ts';
import type { BacklogConfig } from '../../project/config.ts';
import type { ProjectPaths } from '../../project/paths.ts';
import { changesMade } from '../../tickets/changes.ts';
import { renumberDuplicates, renumberTicket, type TicketTies } from '../../tickets/renumber.ts';
import { type Undone, undoLast } from '../../tickets/undo.ts';
import { printResult } from '../output.ts';
import { changingWithBars } from '../progress.ts';
import { openProject } from '../project.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog ticket renumber`: another id, in file name, front matter, heading and every mention. */
export const renumber: CommandFunction = async (call, io) => {
  const from = call.arg(0);
  const duplicates = call.flag('duplicates');
  if (duplicates === (from !== undefined))
    throw usageError(
      duplicates ? '--duplicates takes no id' : 'which ticket?',
      'backlog ticket renumber FEAT-001 FEAT-010, or backlog ticket renumber --duplicates',
    );
  const { paths, config } = openProject(io);
  keepHeapSmall();
  const ties = tiesOf(paths, config, io.clock());
  const done = await changingWithBars(io, (onlookers) =>
    from === undefined
      ? renumberDuplicates(paths, config, io.clock, ties, onlookers)
      : renumberTicket(paths, config, { from, to: call.arg(1), clock: io.clock }, ties, onlookers),
  );
  const here = (file: string): string => path.relative(io.cwd, file);
  for (const file of done.kept)
    io.note(`note: ${here(file)} is promised on evidence; only its front matter was rewritten`);
  const renumbered = done.renumbered.map((one) => ({ ...one, file: here(one.file) }));
  printResult(io, {
    json: { renumbered, references: done.references.map(here), kept: done.kept.map(here) },
    text:
      renumbered.length === 0
        ? 'no two tickets have one id'
        : [
            ...renumbered.map(({ from: old, to, file }) => `${old} is ${to} now: ${file}`),
            ...done.references.map((file) => `  rewritten: ${here(file)}`),
          ].join('\n'),
  });
  return ExitCode.Ok;
};

/** Files that the text names: an import has hundreds, and what was undone would scroll away. */
const MOST_SHOWN = 20;

/** `backlog undo`: takes back the last change that this tool made to tickets. */
export const undo: CommandFunction = async (call, io) => {
  const { paths, config } = openProject(io);
  if (call.flag('list')) {
    const items = changesMade(paths).map(({ at, what, files }) => ({
      at,
      what,
      files: files.map(({ file }) => file),
    }));
    printResult(io, {
      json: { items, broken: [] },
      text:
        items.length === 0
          ? 'nothing can be undone'
          : items.map(({ at, what, files }) => `${at}  ${what}  (${files.length} files)`).join('\n'),
    });
    return ExitCode.Ok;
  }
  keepHeapSmall();
  const statuses = new Map<string, string>();
  const allow = async ({ now, before }: Undone): Promise<void> => {
    if (now === undefined) return;
    const status = before?.status ?? '';
    statuses.set(now.id, status);
    await refuseUnblocking({ paths, config, caller: io.caller }, now.id, status, now.status);
  };
  const done = await changingWithBars(io, (onlookers) => undoLast(paths, config, io.clock, allow, onlookers));
  await settleStatuses({ paths, config, clock: io.clock, env: io.env, note: io.note }, statuses);
  const files = done.files.map((file) => path.relative(io.cwd, file));
  const more = files.length - MOST_SHOWN;
  printResult(io, {
    json: { undone: done.what, at: done.at, files },
    text: [
      `undone: ${done.what}`,
      ...files.slice(0, MOST_SHOWN).map((file) => `  ${file}`),
      ...(more > 0 ? [`  and ${more} more: --json names all`] : []),
    ].join('\n'),
  });
  return ExitCode.Ok;
};

function tiesOf(paths: ProjectPaths, config: BacklogConfig, now: Date): TicketTies {
  const data = path.resolve(paths.mainRoot, config.backlog.dataDir);
  const reserved = reservations(paths.opsDir, now);
  const proven = (id: string): boolean =>
    isTicketId(id) &&
    (existsSync(path.join(paths.opsDir, 'evidence', `${id}.jsonl`)) ||
      existsSync(path.join(data, 'evidence', `${id}.json`)));
  return {
    holds: ({ id, status, fields }) => {
      if (proven(id)) return 'there is evidence for it';
      const lease = reserved.get(id);
      if (lease !== undefined) return `it is claimed by ${holderOf(lease)}`;
      if (isTicketId(id) && readClaim(paths.opsDir, id) !== undefined) return 'its work was started';
      return status === 'completed' && typeof fields.imported_from !== 'string'
        ? 'it is completed'
        : undefined;
    },
    mayBecome: (ticket, after) =>
      !proven(ticket.id) || promiseDigest(promiseOf(ticket)) === promiseDigest(promiseOf(after)),
  };
}
