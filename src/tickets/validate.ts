import type { BacklogConfig } from '../project/config.ts';
import type { Backlog } from './store.ts';
import type { Ticket } from './ticket.ts';

export interface Finding {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly file: string;
  readonly line: number;
  readonly message: string;
  readonly fix: string;
}

/** Minimal validation until the room of tickets lands. */
export function validateTicket(ticket: Ticket, _backlog: Backlog, config: BacklogConfig): Finding[] {
  if (ticket.criteria.length >= config.ticketValidation.minAcceptanceCriteria) return [];
  const fix = `add acceptance criteria to ${ticket.file}`;
  return [
    {
      code: 'ticket-criteria',
      severity: 'error',
      file: ticket.file,
      line: 1,
      message: 'too few acceptance criteria',
      fix,
    },
  ];
}
