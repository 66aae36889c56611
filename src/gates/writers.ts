import path from 'node:path';
import { appendLine, readTextIfExists } from '../platform/files.ts';
import { isTicketId } from './claims.ts';

// Hooks write here before each edit: this module loads nothing but the platform.

/** That an agent began to write in the worktree of a ticket: a line of `.backlog-ops/writers/<ticket>.jsonl`. */
export interface Writing {
  /** RFC 3339, UTC: the agent's first edit. */
  readonly at: string;
  readonly session_id: string;
  readonly agent_id: string;
  readonly file: string;
}

/** Notes an agent's first edit; later ones change nothing. */
export function noteWriting(opsDir: string, ticketId: string, writing: Writing): void {
  if (!isTicketId(ticketId) || hasWritten(opsDir, ticketId, writing.agent_id)) return;
  appendLine(writersFile(opsDir, ticketId), JSON.stringify(writing));
}

/** Whether an agent has edited a file of the ticket's. By the agent alone: a session may go on under another id. */
export function hasWritten(opsDir: string, ticketId: string, agentId: string): boolean {
  // A field of JSON as it was written; inside another field's text its quotes would be escaped.
  const field = `"agent_id":${JSON.stringify(agentId)}`;
  return (readTextIfExists(writersFile(opsDir, ticketId)) ?? '').includes(field);
}

function writersFile(opsDir: string, ticketId: string): string {
  return path.join(opsDir, 'writers', `${ticketId}.jsonl`);
}
