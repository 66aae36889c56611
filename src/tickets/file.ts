import { readFields } from './front-matter.ts';
import { parseTicket } from './parse.ts';
import type { Ticket } from './ticket.ts';

export { appendHistory, replaceSection } from './edit-body.ts';
export { editFrontMatter } from './edit-front-matter.ts';
export type { FieldValue } from './edit-front-matter-text.ts';

/**
 * A file's bytes or text as a ticket. Writing back `ticket.text` is the identity, byte for byte.
 * @param file absolute path
 * @throws BacklogError `ticket-not-utf8`, `ticket-too-large`, `ticket-frontmatter-*`, `ticket-yaml` (exit 3) with the line
 */
export function readTicketFile(content: string | Uint8Array, file: string): Ticket {
  return parseTicket(content, file, readFields);
}
