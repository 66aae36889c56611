import { utcDay } from '../platform/clock.ts';
import { appendHistory } from '../tickets/file.ts';
import { changeTicket } from '../tickets/store.ts';
import type { GateCall } from './call.ts';

/** One row in the ticket's History; line ends and bars would break its table. */
export async function writeHistory(
  call: GateCall,
  ticketId: string,
  row: { readonly change: string; readonly author: string },
): Promise<void> {
  const cell = (text: string): string => text.replace(/[\s|]+/g, ' ').trim();
  const date = utcDay(call.clock);
  await changeTicket(call.paths, call.config, ticketId, (text) =>
    appendHistory(text, { date, change: cell(row.change), author: cell(row.author) }),
  );
}
