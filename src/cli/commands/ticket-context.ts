import { ExitCode, usageError } from '../../platform/errors.ts';
import { type ContextMap, type ContextRequest, contextMap } from '../../retrieval/context-map.ts';
import { questionOf } from '../../retrieval/excerpts.ts';
import { refreshIndex } from '../../retrieval/refresh.ts';
import { openTickets, requireTicket } from '../../tickets/store.ts';
import type { Ticket } from '../../tickets/ticket.ts';
import type { Invocation } from '../invocation.ts';
import { listing } from '../open-tickets.ts';
import { printResult } from '../output.ts';
import { withBars } from '../progress.ts';
import { openProject } from '../project.ts';
import type { CommandFunction } from '../table.ts';

/** Tickets in the text for people; the document has all. */
const SHOWN_TICKETS = 20;

/** `backlog ticket context`: what whoever writes or implements a ticket has to know of the code and the backlog. */
export const context: CommandFunction = async (call, io) => {
  const world = { ...openProject(io), env: io.env };
  const { paths, config } = world;
  const asked = requestOf(call, (id) => requireTicket(openTickets(paths, config), id));
  // Before the tickets are listed: it may have to be made, which takes more than all else that is held here.
  const { index } = await withBars(io, ({ watch }) => refreshIndex(world, { answerOnly: true, watch }));
  const map = contextMap(world, index, await listing(paths, config, io), asked);
  printResult(io, { json: map, text: mapText(map) });
  return ExitCode.Ok;
};

function requestOf(call: Invocation, ticketOf: (id: string) => Ticket): ContextRequest {
  const [id, request] = [call.arg(0), call.text('request')];
  if ((id === undefined) === (request === undefined))
    throw usageError(
      'say which ticket, or what is asked for, and not both',
      'backlog ticket context FEAT-001, or backlog ticket context --request "add a health endpoint"',
    );
  if (id === undefined) {
    if (request === undefined || request.trim() === '')
      throw usageError('the request is empty', 'say it in a sentence');
    return { text: request, files: [], ticketId: undefined };
  }
  const ticket = ticketOf(id);
  return {
    text: questionOf(ticket),
    files: ticket.affectedFiles.map((file) => file.path),
    ticketId: ticket.id,
  };
}

function mapText({ files, patterns, tickets, scope, estimated_tokens: tokens }: ContextMap): string {
  return [
    ...files.map(
      ({ path, lines, snippet }) =>
        `${path}  ${lines} lines${snippet.symbols === '' ? '' : `  ${snippet.symbols}`}\n${snippet.text.replaceAll(/^/gm, '    ')}`,
    ),
    [
      `names    ${patterns.naming ?? 'no one manner'}`,
      `tests    ${patterns.tests.files.join(', ') || 'none named like these files'}${patterns.tests.command === null ? '' : `; ${patterns.tests.command}`}`,
      `errors   ${patterns.errors.join(', ') || 'none in these pieces'}`,
      `scope    ${scope.boundary} (${scope.files.length} files, about ${tokens} tokens to implement)`,
    ].join('\n'),
    ...(tickets.length === 0
      ? []
      : [
          tickets
            .slice(0, SHOWN_TICKETS)
            .map(({ id, title, status, related }) => `${related ? '*' : ' '} ${id} (${status}) ${title}`)
            .join('\n'),
        ]),
  ].join('\n\n');
}
