import { usageError } from '../platform/errors.ts';

export interface MessageParts {
  readonly ticketId: string;
  /** Conventional commit type. */
  readonly type: string;
  /** Scope; left out when empty. */
  readonly area: string;
  readonly summary: string;
  /** SHA-256 of the newest line of evidence; the trailer is left out without one. */
  readonly evidence?: string | undefined;
}

/**
 * `type(area): implement ID — summary`, then the trailers by which history, `verify` and trackers find the ticket.
 * @throws BacklogError `usage` (exit 2)
 */
export function commitMessage(parts: MessageParts): string {
  const { ticketId, evidence } = parts;
  const type = parts.type.trim();
  const area = parts.area.trim();
  const summary = parts.summary.trim();
  if (!/^[a-z][a-z0-9-]{0,29}$/.test(type))
    throw usageError(`"${type}" is no commit type`, 'pass a word in small letters, such as --type feat');
  if (!/^[A-Za-z0-9_./-]{0,60}$/.test(area))
    throw usageError(`"${area}" is no commit scope`, 'pass one word, such as --area api, or leave it out');
  if (/[\r\n\0]/.test(summary) || summary.length > 200)
    throw usageError(
      'the summary is not one line of at most 200 characters',
      'say in one line what it does now',
    );
  const subject = `${type}${area === '' ? '' : `(${area})`}: implement ${ticketId}${summary === '' ? '' : ` — ${summary}`}`;
  const trailers = [
    `Closes: ${ticketId}`,
    `Ticket: ${ticketId}`,
    ...(evidence === undefined ? [] : [`Backlog-Evidence: ${evidence}`]),
  ];
  return `${subject}\n\n${trailers.join('\n')}\n`;
}
