import { utcDay } from '../platform/clock.ts';
import { BacklogError, ExitCode, usageError } from '../platform/errors.ts';
import { appendHistory, editFrontMatter, replaceSection } from '../tickets/file.ts';
import { changeTicket, openTickets, requireTicket } from '../tickets/store.ts';
import { closedStatuses, type Ticket } from '../tickets/ticket.ts';
import type { GateCall } from './call.ts';
import { personsStatuses } from './unblock.ts';

const SECTION = 'Investigation';
const OPENED = 'Needs investigation: ';

type InvestigationCall = Pick<GateCall, 'paths' | 'config' | 'clock'>;

/**
 * Says that a ticket is not clear enough to be implemented: it waits for an investigation, and `overview` lists it.
 * @param author who says so, for the ticket's History
 * @throws BacklogError `reason-missing` (exit 2), `ticket-closed`, `person-needed` (exit 1)
 */
export async function openInvestigation(
  call: InvestigationCall,
  ticketId: string,
  reasonText: string,
  author: string,
): Promise<Ticket> {
  const reason = oneLine(reasonText);
  if (reason === '')
    throw usageError(
      'an investigation needs the question that it is to answer',
      'add --reason "<what is unclear>"',
      'reason-missing',
    );
  refuseStatus(ticketOf(call, ticketId));
  return change(call, ticketId, 'needs-investigation', { change: `${OPENED}${reason}`, author });
}

/**
 * Stores what an investigation found as the ticket's section "Investigation" and makes the ticket ready to be implemented. An
 * earlier text stays below the new one.
 * @throws BacklogError `investigation-empty` (exit 2), `investigation-unasked`, `ticket-section-breaks` (exit 1)
 */
export async function closeInvestigation(
  call: InvestigationCall,
  ticketId: string,
  text: string,
  author: string,
): Promise<Ticket> {
  const found = text
    .trim()
    .replace(/^## +Investigation *(?:\r?\n|$)/i, '')
    .trim();
  if (found === '')
    throw usageError(
      'the investigation is empty',
      `give what was found on stdin: backlog ticket investigate ${ticketId} --from -`,
      'investigation-empty',
    );
  const ticket = ticketOf(call, ticketId);
  if (ticket.status !== 'needs-investigation') throw notOpen(ticket);
  const before = ticket.sections.find(({ title }) => title === SECTION)?.text.trim() ?? '';
  const body = before === '' || before === found ? found : `${found}\n\n### Earlier\n\n${before}`;
  return change(
    call,
    ticketId,
    'ready-to-implement',
    { change: 'Investigated: ready-to-implement', author },
    body,
  );
}

/** One change of the file: a reader never sees the status without what it rests on. */
function change(
  { paths, config, clock }: InvestigationCall,
  ticketId: string,
  status: Ticket['status'],
  row: { readonly change: string; readonly author: string },
  section?: string,
): Promise<Ticket> {
  const date = utcDay(clock);
  const updated = Object.hasOwn(ticketOf({ paths, config }, ticketId).fields, 'updated');
  return changeTicket(paths, config, ticketId, (text) => {
    const told = section === undefined ? text : replaceSection(text, SECTION, section);
    const fields = { status, ...(updated ? { updated: date } : {}) };
    return appendHistory(editFrontMatter(told, fields), { date, ...row });
  });
}

function ticketOf({ paths, config }: Omit<InvestigationCall, 'clock'>, ticketId: string): Ticket {
  return requireTicket(openTickets(paths, config), ticketId);
}

/** What is done is not unclear, and what waits for a person goes on waiting. */
function refuseStatus(ticket: Ticket): void {
  if (closedStatuses.has(ticket.status))
    throw new BacklogError({
      code: 'ticket-closed',
      message: `${ticket.id} is ${ticket.status}`,
      fix: `make a ticket of what is left to find out: backlog ticket new --type ${ticket.prefix} --title "<the question>"`,
      exitCode: ExitCode.CheckFailed,
    });
  if (personsStatuses.has(ticket.status))
    throw new BacklogError({
      code: 'person-needed',
      message: `only a person may decide this: ${ticket.id} is ${ticket.status}, and stays so until one takes it up again`,
      fix: `type it in a terminal of your own, outside Claude Code: backlog ticket move ${ticket.id} needs-investigation`,
      exitCode: ExitCode.CheckFailed,
    });
}

function notOpen(ticket: Ticket): BacklogError {
  return new BacklogError({
    code: 'investigation-unasked',
    message: `${ticket.id} is ${ticket.status}; nobody asked for an investigation`,
    fix: `ask for one first: backlog ticket investigate ${ticket.id} --open --reason "<what is unclear>"`,
    exitCode: ExitCode.CheckFailed,
  });
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** What an investigation of this ticket is to find out, from its History; empty when nobody said. */
export function questionOf(ticket: Ticket): string {
  const history = ticket.sections.find(({ title }) => title === 'History')?.text ?? '';
  const row = history.split('\n').findLast((line) => line.includes(`| ${OPENED}`));
  return row?.split('|')[2]?.trim().slice(OPENED.length) ?? '';
}
