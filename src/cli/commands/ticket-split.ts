import path from 'node:path';
import { settleStatus } from '../../gates/settle.ts';
import { ExitCode, usageError } from '../../platform/errors.ts';
import { codeFacts } from '../../refinement/checks/code-facts.ts';
import { applySplit } from '../../refinement/split/apply.ts';
import { type Part, splitPlan } from '../../refinement/split/plan.ts';
import { openWorld } from '../../refinement/world.ts';
import { openTickets, requireTicket, settleChanges } from '../../tickets/store.ts';
import { printResult } from '../output.ts';
import { openProject } from '../project.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog ticket split`: parts that pass the scope gate, proposed or written. */
export const split: CommandFunction = async (call, io) => {
  const id = call.requiredArg(0, 'id');
  const apply = call.flag('apply');
  if (apply === call.flag('plan'))
    throw usageError('plan it or write it?', 'add --plan or --apply, one of them');
  const { paths, config } = openProject(io);
  await settleChanges(paths, config);
  const backlog = openTickets(paths, config);
  const ticket = requireTicket(backlog, id);
  const world = await openWorld(paths, config, backlog);
  const facts = codeFacts(world, { names: new Set(), segments: false });
  const parts = splitPlan(ticket, config, facts);
  if (!apply) {
    printResult(io, {
      json: { id, needed: parts.length > 1, parts: parts.map((part, index) => partJson(part, index)) },
      text:
        parts.length > 1 ? parts.map(partLines).join('\n') : `${id} passes the scope gate: nothing to split`,
    });
    return ExitCode.Ok;
  }
  const result = await applySplit({ paths, config }, ticket, parts, io.clock);
  await settleStatus({ paths, config, clock: io.clock, env: io.env, note: io.note }, id);
  const written = result.parts.map((part) => ({
    id: part.id,
    title: part.title,
    file: path.relative(io.cwd, part.file),
  }));
  printResult(io, {
    json: { id, split_into: written.map((part) => part.id), parts: written, redirected: result.redirected },
    text: written.map(({ file }) => file).join('\n'),
  });
  io.note(
    `${id} is split; \`backlog ticket validate --deep ${written.map((part) => part.id).join(' ')}\` says what the parts still need`,
  );
  return ExitCode.Ok;
};

function partJson({ files, criteria, after, boundary, estimatedTokens }: Part, index: number): object {
  return {
    part: index + 1,
    files: files.map(({ path: file, action }) => ({ path: file, action: action ?? null })),
    criteria: criteria.map(({ id, text }) => ({ id, text })),
    after: after.map((at) => at + 1),
    scope_boundary: boundary,
    estimated_tokens: estimatedTokens,
    criterion_missing: criteria.length === 0,
  };
}

function partLines({ files, criteria, after, boundary, estimatedTokens }: Part, index: number): string {
  const order = after.length === 0 ? '' : `, after ${after.map((at) => at + 1).join(', ')}`;
  return [
    `part ${index + 1}${boundary === '' ? '' : ` (${boundary})`}: ${estimatedTokens} tokens${order}`,
    ...files.map(({ path: file, action }) => `  ${action ?? 'touch'} ${file}`),
    // A part needs one criterion, however many the configuration asks of a whole ticket.
    ...(criteria.length === 0
      ? ['  no criterion is left for it: write one into the part, or take more into the ticket before']
      : []),
    ...criteria.map(({ id, text }) => `  ${id === '' ? '-' : id} ${text}`),
  ].join('\n');
}
