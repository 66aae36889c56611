import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { BacklogError, ExitCode, messageOf } from '../../platform/errors.ts';
import { type Classification, classifyTicket, unreadable } from '../../tickets/classify.ts';
import { readFields } from '../../tickets/front-matter.ts';
import { idOfName, parseTicket } from '../../tickets/parse.ts';
import { openTickets, requireTicket } from '../../tickets/store.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
import { openProject } from '../project.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog ticket classify`: trivial, simple or complex, and why. What cannot be read is complex. */
export const classifyCommand: CommandFunction = async (call, io) => {
  const named = call.requiredArg(0, 'id or file');
  const { id, complexity, reasons, warnings } = isFile(named, io) ? ofFile(named, io) : ofId(named, io);
  for (const warning of warnings) io.note(`warning: ${id}: ${warning}`);
  printResult(io, { json: { id, complexity, reasons, warnings }, text: complexity });
  return ExitCode.Ok;
};

type Named = Classification & { readonly id: string };

/** A path, unless it is the id of a ticket. */
function isFile(named: string, io: Io): boolean {
  return /[/\\]|\.md$/i.test(named) || existsSync(path.resolve(io.cwd, named));
}

function ofFile(named: string, io: Io): Named {
  const file = path.resolve(io.cwd, named);
  const id = idOfName(file);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new BacklogError({
      code: 'ticket-not-found',
      message: `there is no ticket file ${named}`,
      fix: '`backlog ticket list` shows the tickets that are there',
      exitCode: ExitCode.ProjectUnusable,
      file: named,
    });
  try {
    const ticket = parseTicket(readFileSync(file), file, readFields);
    return { id: ticket.id, ...classifyTicket(ticket) };
  } catch (error) {
    return { id, ...unreadable(messageOf(error)) };
  }
}

function ofId(id: string, io: Io): Named {
  const { paths, config } = openProject(io);
  try {
    return { id, ...classifyTicket(requireTicket(openTickets(paths, config), id)) };
  } catch (error) {
    if (error instanceof BacklogError && error.code === 'ticket-broken')
      return { id, ...unreadable(error.message) };
    throw error;
  }
}
