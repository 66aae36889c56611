import path from 'node:path';
import { settleStatus } from '../../gates/settle.ts';
import { ExitCode, usageError } from '../../platform/errors.ts';
import { deepFindings } from '../../refinement/checks/index.ts';
import { duplicatePairs } from '../../refinement/duplicates.ts';
import { withoutFiles } from '../../refinement/obsolete.ts';
import { applyRefinement, writeReport } from '../../refinement/refine/apply.ts';
import type { Refinement } from '../../refinement/refine/types.ts';
import { refinementOf } from '../../refinement/refine.ts';
import { normal, openWorld } from '../../refinement/world.ts';
import { loadBacklog } from '../../tickets/open.ts';
import { requireTicket } from '../../tickets/store.ts';
import { validateTicket } from '../../tickets/validate.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
import { runnable } from '../program-name.ts';
import { openProject } from '../project.ts';
import type { CommandFunction } from '../table.ts';
import { brokenFrom, brokenText, findingJson } from '../ticket-output.ts';

const MOST_QUESTIONS = 20;

/** `backlog refine`: every check over the pending tickets in one pass; writes only with `--apply` and `--report`. */
export const refine: CommandFunction = async (call, io) => {
  const ids = call.args(0);
  const [apply, report] = [call.flag('apply'), call.flag('report')];
  if (report && ids.length > 0)
    throw usageError('a report tells of the whole backlog', 'leave the ids out, or --report');
  const { paths, config } = openProject(io);
  const look = async (): Promise<{ refinement: Refinement; broken: ReturnType<typeof brokenFrom> }> => {
    const backlog = await loadBacklog(paths, config);
    const pending = backlog.tickets.filter(({ folder }) => folder === 'pending');
    const asked = ids.length > 0 ? ids.map((id) => requireTicket(backlog, id)) : pending;
    const world = await openWorld(paths, config, backlog);
    const facts = {
      findings: [
        ...asked.flatMap((ticket) => validateTicket(ticket, backlog, config)),
        ...deepFindings(world, asked),
      ],
      obsolete: withoutFiles(asked, (file) => normal(file) === undefined || world.has(file)),
      duplicates: duplicatePairs(pending, ids.length > 0 ? { ids: new Set(ids) } : {}),
    };
    return {
      refinement: refinementOf(asked, facts, config),
      broken: brokenFrom(backlog.broken, paths.mainRoot, io.cwd),
    };
  };
  const before = await look();
  const place = { paths, config, clock: io.clock };
  const applied = apply ? await applyRefinement(before.refinement, place) : [];
  for (const { id, moved } of applied)
    if (moved) await settleStatus({ paths, config, clock: io.clock, env: io.env, note: io.note }, id);
  const { refinement, broken } = applied.length > 0 ? await look() : before;
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
      questions: refinement.questions,
      applied,
      report:
        written === undefined
          ? null
          : { file: path.relative(io.cwd, written.file), written: written.written },
      broken,
    },
    text: [
      ...applied.map(({ text }) => text),
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
