import path from 'node:path';
import { exportForms, exportTickets } from '../../interchange/export.ts';
import { importForms } from '../../interchange/foreign.ts';
import { type ImportReport, importTickets } from '../../interchange/import.ts';
import { readSource } from '../../interchange/source.ts';
import { ExitCode, usageError } from '../../platform/errors.ts';
import { HeldText } from '../../platform/held-text.ts';
import { keepHeapSmall } from '../../platform/small-heap.ts';
import { writePiecesAtomic } from '../../platform/streamed-file.ts';
import type { BacklogConfig } from '../../project/config.ts';
import type { ProjectPaths } from '../../project/paths.ts';
import { requireTicket } from '../../tickets/backlog.ts';
import { listTickets, wholeTickets } from '../../tickets/listing.ts';
import { eachTicket } from '../../tickets/open.ts';
import type { BrokenTicket, ListedTicket, Ticket } from '../../tickets/ticket.ts';
import type { Io } from '../io.ts';
import { Lost } from '../lost.ts';
import { insideJson, printContent, printResult } from '../output.ts';
import { changingWithBars, withBars } from '../progress.ts';
import { openProject } from '../project.ts';
import type { CommandFunction } from '../table.ts';
import { brokenFrom, brokenText } from '../ticket-output.ts';

/** `backlog ticket import`: exit 1 when something in the source could not be read. */
export const importCommand: CommandFunction = async (call, io) => {
  const form = call.choice('from', importForms);
  if (form === undefined) throw usageError('from which program?', `add --from ${importForms.join('|')}`);
  const { paths, config } = openProject(io);
  const dryRun = call.flag('dryRun');
  keepHeapSmall();
  const source = readSource(form, path.resolve(io.cwd, call.requiredArg(0, 'path')));
  const options = {
    form,
    prefix: call.text('prefix'),
    sourceName: call.text('source'),
    dryRun,
    clock: io.clock,
  };
  const report = await changingWithBars(io, (onlookers) =>
    importTickets(paths, config, source, { ...options, ...onlookers }),
  );
  const imported = report.imported.map((one) => ({ ...one, file: path.relative(io.cwd, one.file) }));
  printResult(io, {
    json: {
      dry_run: dryRun,
      found: report.found,
      items: imported,
      already: report.already.map(({ otherTitle, ...one }) => ({ ...one, other_title: otherTitle ?? null })),
      refused: report.refused,
      ignored: report.ignored,
      unmapped: report.unmapped,
      missing_prefixes: report.missingPrefixes,
      broken: [],
    },
    text: [
      ...(io.json ? [] : imported.map(({ from, id, file }) => `${from || '(no id)'} → ${id}: ${file}`)),
      summary(report, dryRun),
    ].join('\n'),
  });
  notes(report, io);
  return report.refused.length > 0 ? ExitCode.CheckFailed : ExitCode.Ok;
};

function summary({ found, imported, already, refused, ignored }: ImportReport, dryRun: boolean): string {
  return `${found} found: ${imported.length} ${dryRun ? 'would be imported' : 'imported'}, ${already.length} there already, ${refused.length} not readable, ${ignored.length} no tickets`;
}

function notes(
  { refused, ignored, unmapped, missingPrefixes, imported, already }: ImportReport,
  io: Io,
): void {
  noteOtherTitles(already, io);
  for (const { place, line, reason, fix } of refused) io.note(`${place}:${line}: ${reason}\n  fix: ${fix}`);
  for (const { place, reason } of ignored) io.note(`${place}: ${reason}`);
  for (const { id, what } of unmapped) io.note(`${id}: ${what}`);
  for (const prefix of missingPrefixes)
    io.note(
      `warning: ${prefix} is no prefix of this project: add it to backlog.ticketPrefixes in backlog.config.json`,
    );
  if (imported.length > 0)
    io.note(
      '`backlog ticket validate` says what the imported tickets lack; `backlog undo` takes the import back',
    );
}

/** Most that are named one by one. */
const MOST_NAMED = 5;

/** Nothing says whether a title was changed or the id is that of another source: whoever imports knows. */
function noteOtherTitles(already: ImportReport['already'], io: Io): void {
  const others = already.filter(({ otherTitle }) => otherTitle !== undefined);
  if (others.length === 0) return;
  const named = others
    .slice(0, MOST_NAMED)
    .map(({ from, id, otherTitle }) => `${from || '(no id)'} is ${id} here: "${otherTitle}"`);
  const more = others.length > MOST_NAMED ? `\n  and ${others.length - MOST_NAMED} more` : '';
  io.note(
    `warning: ${others.length} there already have another title in the backlog, and were not imported:\n  ${named.join('\n  ')}${more}\n  fix: where they are other tickets, of another source with the same ids, give that source a name: --source <name>`,
  );
}

/** `backlog ticket export`: to stdout, or into a file. Each ticket is read, written and let go. */
export const exportCommand: CommandFunction = async (call, io) => {
  const form = call.choice('to', exportForms);
  if (form === undefined) throw usageError('in which form?', `add --to ${exportForms.join('|')}`);
  const { paths, config } = openProject(io);
  const out = call.text('out');
  const ids = call.args(0);
  const lost = new Lost(io, 'exported');
  const unreadable: BrokenTicket[] = [];
  let count = 0;
  const counted = async function* (tickets: AsyncIterable<Ticket>): AsyncGenerator<Ticket> {
    for await (const ticket of tickets) {
      count += 1;
      yield ticket;
    }
  };
  const asked = ids.length > 0 ? await named(ids, paths, config) : undefined;
  const content = new HeldText();
  await withBars(io, async ({ watch }) => {
    // Data and a bar on one terminal would be mixed.
    const told = out === undefined && io.terminal ? undefined : watch;
    const tickets = asked
      ? wholeTickets(asked, paths, config, lost.add)
      : eachTicket(paths, config, unreadable, told);
    const pieces = exportTickets(counted(tickets), form);
    if (out !== undefined) await writePiecesAtomic(path.resolve(io.cwd, out), pieces);
    else if (!io.json) await io.pieces(pieces);
    // How many they are stands before them.
    else for await (const piece of pieces) content.add(insideJson(piece));
  });
  const broken = brokenFrom([...unreadable, ...lost.told()], paths.mainRoot, io.cwd);
  const facts = { form, count, broken };
  if (out !== undefined) printResult(io, { json: { ...facts, file: out }, text: `${count} tickets: ${out}` });
  else if (io.json) await printContent(io, facts, content.blocks());
  for (const line of brokenText(broken)) io.note(line);
  return broken.length > 0 ? ExitCode.ProjectUnusable : ExitCode.Ok;
};

async function named(
  ids: readonly string[],
  paths: ProjectPaths,
  config: BacklogConfig,
): Promise<ListedTicket[]> {
  const backlog = await listTickets(paths, config);
  return ids.map((id) => requireTicket(backlog, id));
}
