import path from 'node:path';
import { settleStatus } from '../../gates/settle.ts';
import { refuseUnblocking } from '../../gates/unblock.ts';
import { ExitCode } from '../../platform/errors.ts';
import { withMoved } from '../../refinement/references/fix.ts';
import { type ReferenceFinding, referenceFindings } from '../../refinement/references/index.ts';
import { obsoleteProposals } from '../../refinement/references/obsolete.ts';
import { openWorld } from '../../refinement/world.ts';
import { changeTicket, moveTicket, openBacklog, requireTicket } from '../../tickets/store.ts';
import { printResult } from '../output.ts';
import { runnable } from '../program-name.ts';
import { openProject } from '../project.ts';
import type { CommandFunction } from '../table.ts';
import { brokenFrom, brokenText, findingJson, findingText } from '../ticket-output.ts';

/** `backlog ticket references`: what tickets point to, against the project; moved paths are rewritten only with `--fix`. */
export const references: CommandFunction = async (call, io) => {
  const { paths, config } = openProject(io);
  const ids = call.args(0);
  let backlog = openBacklog(paths, config);
  const asked = () => (ids.length > 0 ? ids.map((id) => requireTicket(backlog, id)) : undefined);
  let world = await openWorld(paths, config, backlog);
  let findings = await referenceFindings(world, asked());
  const moved = findings.filter(({ kind }) => kind === 'moved');
  const fixed = call.flag('fix') ? moved : [];
  for (const file of new Set(fixed.map((one) => one.file))) {
    const own = fixed.filter((one) => one.file === file);
    const ticket = backlog.tickets.find((one) => one.file === file);
    // What was found holds for the text that was read; one that was changed meanwhile is looked at by the next run.
    if (ticket !== undefined)
      await changeTicket(paths, config, ticket.id, (text) =>
        text === ticket.text ? withMoved(text, own) : text,
      );
  }
  if (fixed.length > 0) {
    backlog = openBacklog(paths, config);
    world = await openWorld(paths, config, backlog);
    findings = await referenceFindings(world, asked());
  }
  const run = call.flag('runVerification') ? { env: io.env, signal: io.signal } : undefined;
  const { proposals, notRun } = await obsoleteProposals(world, asked(), run);
  const closed: string[] = [];
  if (call.flag('apply'))
    for (const { id } of proposals) {
      await refuseUnblocking({ paths, config, caller: io.caller }, id, 'obsolete');
      await moveTicket(paths, config, id, 'obsolete', io.clock);
      await settleStatus({ paths, config, clock: io.clock, env: io.env, note: io.note }, id);
      closed.push(id);
    }
  const left = findings.filter(
    ({ file }) => !proposals.some((one) => closed.includes(one.id) && one.file === file),
  );
  const errors = left.filter(({ severity }) => severity === 'error').length;
  const broken = ids.length > 0 ? [] : brokenFrom(backlog.broken, paths.mainRoot, io.cwd);
  const relative = (file: string): string => path.relative(io.cwd, file);
  printResult(io, {
    json: {
      items: left.map((one) => findingJson(one, io.cwd)),
      broken,
      errors,
      warnings: left.length - errors,
      fixed: fixed.map(({ file, line, from, to }) => ({ file: relative(file), line, from, to })),
      obsolete: proposals.map((one) => ({
        ...one,
        file: relative(one.file),
        applied: closed.includes(one.id),
      })),
      not_run: notRun,
    },
    text: [
      ...fixed.map((one) => `${relative(one.file)}:${one.line}: ${movedText(one)}`),
      ...left.map((one) => runnable(findingText(one, io.cwd), io.env)),
      ...proposals.map(
        ({ id, why }) => `${id} ${closed.includes(id) ? 'is obsolete now' : 'may be obsolete'}: ${why}`,
      ),
      ...notRun.map(({ id, command }) => `${id}: not run, it is no gate and no script: ${command}`),
      `${errors} errors, ${left.length - errors} warnings, ${fixed.length} fixed, ${proposals.length} obsolete`,
      ...brokenText(broken),
    ].join('\n'),
  });
  if (proposals.length > closed.length) io.note('nothing is moved without `--apply`');
  if (broken.length > 0) return ExitCode.ProjectUnusable;
  return errors > 0 ? ExitCode.CheckFailed : ExitCode.Ok;
};

function movedText({ from, to }: ReferenceFinding): string {
  return `${from} → ${to}`;
}
