import type { Ticket } from './ticket.ts';

/** `shared_files` of the front matter: files that the ticket may touch beside those it is about. */
export function sharedFiles({ fields }: Pick<Ticket, 'fields'>): string[] {
  const shared = fields.shared_files;
  return Array.isArray(shared) ? shared.filter((file) => typeof file === 'string') : [];
}

/** Every path that the ticket may touch, affected and shared ones; what conflicts are looked for in. */
export function touchedFiles(ticket: Pick<Ticket, 'affectedFiles' | 'fields'>): string[] {
  return [...new Set([...ticket.affectedFiles.map((file) => file.path), ...sharedFiles(ticket)])];
}
