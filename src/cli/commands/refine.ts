import path from 'node:path';
import { settleStatuses } from '../../gates/settle.ts';
import { readCostHistory } from '../../ledger/cost-history.ts';
import { timestamp } from '../../platform/clock.ts';
import { ExitCode, usageError } from '../../platform/errors.ts';
import type { Onlookers } from '../../platform/watch.ts';
import { applyRefinement, type Change, type Place, writeReport } from '../../refinement/refine/apply.ts';
import { gatherFacts, PASSES } from '../../refinement/refine/gather.ts';
import type { Refinement, RefinementFacts } from '../../refinement/refine/types.ts';
import { refinementOf } from '../../refinement/refine.ts';
import { openWorld } from '../../refinement/world.ts';
import { requireTicket, settleChanges } from '../../tickets/store.ts';
import type { BrokenTicket } from '../../tickets/ticket.ts';
import type { Io } from '../io.ts';
import { Lost } from '../lost.ts';
import { checkable } from '../open-tickets.ts';
import { printResult } from '../output.ts';
import { runnable } from '../program-name.ts';
import { changingWithBars, withBars } from '../progress.ts';
import { openProject } from '../project.ts';
import type { CommandFunction } from '../table.ts';
import { brokenFrom, brokenText, findingJson } from '../ticket-output.ts';
import { estimator } from './estimate.ts';

const MOST_QUESTIONS = 20;

interface Looked {
  readonly refinement: Refinement;
  readonly notRun: RefinementFacts['notRun'];
  readonly broken: readonly BrokenTicket[];
  readonly lost: Lost;
}

/** `backlog refine`: every check over the pending tickets in one pass; writes only with `--apply` and `--report`. */
export const refine: CommandFunction = async (call, io) => {
  const ids = [...new Set(call.args(0))];
  const [apply, report] = [call.flag('apply'), call.flag('report')];
  if (report && ids.length > 0)
    throw usageError('a report tells of the whole backlog', 'leave the ids out, or --report');
  const { paths, config } = openProject(io);
  const run = call.flag('runVerification') ? { env: io.env, signal: io.signal } : undefined;
  const look = async ({ watch }: Onlookers): Promise<Looked> => {
    const backlog = await checkable(paths, config, io);
    const pending = backlog.tickets.filter(({ folder }) => folder === 'pending');
    const tickets = ids.length > 0 ? ids.map((id) => requireTicket(backlog, id)) : pending;
    const world = await openWorld(paths, config, backlog);
    const lost = new Lost(io, 'checked');
    watch?.begin('checking tickets', PASSES * tickets.length);
    const asked = {
      tickets,
      pending,
      ...(ids.length > 0 ? { ids: new Set(ids) } : {}),
      run,
      onTicket: () => watch?.advance(),
      onLost: lost.add,
      watch,
    };
    const facts = await gatherFacts(world, asked);
    return {
      refinement: refinementOf(facts),
      notRun: facts.notRun,
      lost,
      // Of tickets that were asked for by id, those that cannot be read are refused by name.
      broken: ids.length > 0 ? [] : backlog.broken,
    };
  };
  await settleChanges(paths, config);
  const place = { paths, config, clock: io.clock };
  const { applied, before } = await proposedAndApplied(place, io, apply, look);
  const closed = applied.flatMap(({ id, moved }) => (moved ? [[id, 'obsolete'] as const] : []));
  await settleStatuses({ paths, config, clock: io.clock, env: io.env, note: io.note }, new Map(closed));
  const looked = before ?? (await withBars(io, look));
  const { refinement, notRun, lost } = looked;
  const broken = brokenFrom([...looked.broken, ...lost.told()], paths.mainRoot, io.cwd);
  const written = report
    ? await writeReport(
        refinement,
        place,
        applied.map(({ text }) => text),
      )
    : undefined;
  const errors = refinement.tickets
    .flatMap(({ findings }) => findings)
    .filter(({ severity }) => severity === 'error').length;
  printResult(io, {
    json: {
      checked: refinement.tickets.length,
      health: refinement.health,
      tickets: refinement.tickets
        .filter(({ state }) => state !== 'valid')
        .map(({ ticket, state, details }) => ({ id: ticket.id, title: ticket.title, state, details })),
      items: refinement.tickets.flatMap(({ findings }) =>
        findings.map((finding) => findingJson(finding, io.cwd)),
      ),
      duplicates: refinement.duplicates,
      moved: refinement.moved.map(({ file, line, from, to }) => ({
        file: path.relative(io.cwd, file),
        line,
        from,
        to,
      })),
      questions: refinement.questions,
      not_run: notRun,
      applied,
      report:
        written === undefined
          ? null
          : { file: path.relative(io.cwd, written.file), written: written.written },
      broken,
    },
    text: [
      ...applied.map(({ text }) => text),
      ...refinement.moved.map(
        ({ file, line, from, to }) => `${path.relative(io.cwd, file)}:${line}: ${from} is now ${to ?? ''}`,
      ),
      ...notRun.map(({ id, command }) => `${id}: not run, it is no gate and no script: ${command}`),
      ...questionsText(refinement, io),
      `${refinement.tickets.length} checked: ${refinement.health.percent.valid} % valid, ${errors} errors, ${refinement.health.duplicates} duplicates, ${refinement.health.obsolete} obsolete; health ${refinement.health.score} of 100`,
      ...(written === undefined
        ? []
        : [`${path.relative(io.cwd, written.file)}${written.written ? '' : ': nothing has changed since'}`]),
      ...brokenText(broken),
    ].join('\n'),
  });
  if (broken.length > 0) return ExitCode.ProjectUnusable;
  return errors > 0 || refinement.questions.length > 0 ? ExitCode.CheckFailed : ExitCode.Ok;
};

/** @returns what was found, where nothing was changed: else it need not be held while the tickets are looked at once more */
async function proposedAndApplied(
  place: Place,
  io: Io,
  apply: boolean,
  look: (onlookers: Onlookers) => Promise<Looked>,
): Promise<{ readonly applied: readonly Change[]; readonly before: Looked | undefined }> {
  const before = await withBars(io, look);
  const { entries } = readCostHistory(place.paths.mainRoot);
  if (!apply) return { applied: [], before };
  const estimateOf = await estimator(place.config, entries, timestamp(io.clock));
  const applied = await changingWithBars(io, (onlookers) =>
    applyRefinement(before.refinement, place, estimateOf, onlookers),
  );
  return { applied, before: applied.length > 0 ? undefined : before };
}

function questionsText({ questions }: Refinement, io: Io): string[] {
  const more = questions.length - MOST_QUESTIONS;
  return [
    ...questions
      .slice(0, MOST_QUESTIONS)
      .flatMap(({ question, options }) => [
        `? ${question}`,
        ...options.map(({ answer, command }) =>
          runnable(`    ${answer}${command === undefined ? '' : `: ${command}`}`, io.env),
        ),
      ]),
    ...(more > 0 ? [`and ${more} more questions: --json has all`] : []),
  ];
}
