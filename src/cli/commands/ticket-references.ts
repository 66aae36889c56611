import path from 'node:path';
import { settleStatuses } from '../../gates/settle.ts';
import type { Clock } from '../../platform/clock.ts';
import { ExitCode } from '../../platform/errors.ts';
import { sha256 } from '../../platform/ids.ts';
import type { Onlookers } from '../../platform/watch.ts';
import { studyOf } from '../../refinement/checks/study.ts';
import { openTickets } from '../../refinement/open-tickets.ts';
import { movedByFile, withMoved } from '../../refinement/references/fix.ts';
import { type ReferenceFinding, referenceFindings } from '../../refinement/references/index.ts';
import { type ObsoleteProposal, obsoleteProposals } from '../../refinement/references/obsolete.ts';
import { openWorld, type World } from '../../refinement/world.ts';
import type { Listing } from '../../tickets/backlog.ts';
import { rewriteTickets, withStatus } from '../../tickets/rewrite.ts';
import { requireTicket, settleChanges } from '../../tickets/store.ts';
import type { ListedTicket, Ticket } from '../../tickets/ticket.ts';
import { Lost } from '../lost.ts';
import { checkable } from '../open-tickets.ts';
import { printList } from '../output.ts';
import { changingWithBars, withBars } from '../progress.ts';
import { openProject } from '../project.ts';
import type { CommandFunction } from '../table.ts';
import { brokenFrom, brokenText, findingLines, findingsJson } from '../ticket-output.ts';

/** `backlog ticket references`: what tickets point to, against the project; moved paths are rewritten only with `--fix`. */
export const references: CommandFunction = async (call, io) => {
  const { paths, config } = openProject(io);
  const ids = call.args(0);
  const [fix, apply] = [call.flag('fix'), call.flag('apply')];
  await settleChanges(paths, config);
  const lost = new Lost(io, 'looked through');
  const look = async ({ watch }: Onlookers): Promise<Looked> => {
    const backlog = await checkable(paths, config, io);
    const asked = ids.length > 0 ? ids.map((id) => requireTicket(backlog, id)) : undefined;
    const world = await openWorld(paths, config, backlog, lost.add);
    await studyOf(world, watch);
    watch?.begin('checking references', asked?.length ?? openTickets(backlog).length);
    const findings = await referenceFindings(world, asked, () => watch?.advance());
    return { backlog, world, asked, findings };
  };
  const before = await withBars(io, look);
  const run = call.flag('runVerification') ? { env: io.env, signal: io.signal } : undefined;
  const { proposals, notRun, doubtful } = await withBars(io, ({ watch }) =>
    obsoleteProposals(before.world, before.asked, run, watch),
  );
  const moved = fix ? before.findings.filter(({ kind }) => kind === 'moved') : [];
  const wanted = await rewritings(before, moved, apply ? proposals : [], io.clock);
  const flags = [...(fix ? ['--fix'] : []), ...(apply ? ['--apply'] : [])].join(' ');
  const journal = { what: `references ${flags}`, clock: io.clock };
  const skipped =
    wanted.length > 0
      ? await changingWithBars(io, (onlookers) =>
          rewriteTickets(
            paths,
            config,
            { ...journal, ...onlookers },
            wanted.map(({ ticket, text }) => ({
              id: ticket.id,
              rewrite: (now) => (now.text === ticket.text ? text : undefined),
            })),
          ),
        )
      : [];
  const isDone = new Set(
    wanted.filter(({ ticket }) => !skipped.includes(ticket.id)).map(({ ticket }) => ticket.file),
  );
  const fixed = moved.filter(({ file }) => isDone.has(file));
  const closed = apply ? proposals.filter(({ file }) => isDone.has(file)).map(({ id }) => id) : [];
  await settleStatuses(
    { paths, config, clock: io.clock, env: io.env, note: io.note },
    new Map(closed.map((id) => [id, 'obsolete'])),
  );
  const { findings, backlog } = fixed.length > 0 ? await withBars(io, look) : before;
  const left = findings.filter(
    ({ file }) => !proposals.some((one) => closed.includes(one.id) && one.file === file),
  );
  const errors = left.filter(({ severity }) => severity === 'error').length;
  const listed = ids.length > 0 ? [] : backlog.broken;
  const broken = brokenFrom([...listed, ...lost.told()], paths.mainRoot, io.cwd);
  const relative = (file: string): string => path.relative(io.cwd, file);
  await printList(io, {
    items: () => findingsJson(left, io.cwd),
    json: () => ({
      broken,
      errors,
      warnings: left.length - errors,
      fixed: fixed.map(({ file, line, from, to }) => ({ file: relative(file), line, from, to })),
      obsolete: proposals.map((one) => ({
        ...one,
        file: relative(one.file),
        applied: closed.includes(one.id),
      })),
      doubtful,
      not_run: notRun,
    }),
    *lines() {
      for (const one of fixed) yield `${relative(one.file)}:${one.line}: ${movedText(one)}`;
      yield* findingLines(left, io);
      for (const { id, why } of proposals)
        yield `${id} ${closed.includes(id) ? 'is obsolete now' : 'may be obsolete'}: ${why}`;
      if (doubtful.length > 0)
        yield `no file that a ticket changes is there or ever was: is this the right folder? (${doubtful.length} tickets)`;
      for (const { id, command } of notRun) yield `${id}: not run, it is no gate and no script: ${command}`;
      yield `${errors} errors, ${left.length - errors} warnings, ${fixed.length} fixed, ${proposals.length} obsolete`;
      yield* brokenText(broken);
    },
  });
  if (proposals.length > closed.length) io.note('nothing is moved without `--apply`');
  if (broken.length > 0) return ExitCode.ProjectUnusable;
  return errors > 0 ? ExitCode.CheckFailed : ExitCode.Ok;
};

interface Looked {
  readonly backlog: Listing;
  readonly world: World;
  readonly asked: readonly ListedTicket[] | undefined;
  readonly findings: readonly ReferenceFinding[];
}

/** The texts that tickets get: with the new paths, or with the status `obsolete`. */
async function rewritings(
  { backlog, world }: Looked,
  moved: readonly ReferenceFinding[],
  obsolete: readonly ObsoleteProposal[],
  clock: Clock,
): Promise<{ readonly ticket: Ticket; readonly text: string }[]> {
  const paths = movedByFile(moved);
  const closed = new Set(obsolete.map(({ file }) => file));
  const checked = new Map((await studyOf(world)).outlines.map(({ file, digest }) => [file, digest]));
  const concerned = backlog.tickets.filter(({ file }) => paths.has(file) || closed.has(file));
  const found: { ticket: Ticket; text: string }[] = [];
  for await (const ticket of world.whole(concerned)) {
    // Somebody has changed it since: what was found need not be so any more.
    if (sha256(ticket.text) !== checked.get(ticket.file)) continue;
    const named = withMoved(ticket.text, paths.get(ticket.file) ?? []);
    const text = closed.has(ticket.file) ? withStatus(named, ticket, 'obsolete', clock) : named;
    if (text !== ticket.text) found.push({ ticket, text });
  }
  return found;
}

function movedText({ from, to }: ReferenceFinding): string {
  return `${from} → ${to}`;
}
