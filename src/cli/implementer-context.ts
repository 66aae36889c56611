import path from 'node:path';
import type { GateCall } from '../gates/call.ts';
import { readClaim } from '../gates/claims.ts';
import { writeFileAtomic } from '../platform/files.ts';
import { findProject } from '../project/paths.ts';
import { excerptLines, excerptsFor } from '../retrieval/excerpts.ts';
import { openTickets, requireTicket } from '../tickets/store.ts';

/**
 * Writes what an implementer is to know of the code around its ticket, where `llmOps.ragPolicy.enabled` says so.
 * @param root the project's folder where the ticket is worked on; without it where it was started, else here
 * @returns the key of the answer that names the file; nothing where it is off
 */
export async function implementerContext(
  call: GateCall,
  ticketId: string,
  root?: string,
): Promise<{ readonly context?: string }> {
  if (!call.config.llmOps.ragPolicy.enabled) return {};
  const worked = root ?? readClaim(call.paths.opsDir, ticketId)?.worktree;
  const paths = (worked === undefined ? undefined : findProject(worked)) ?? call.paths;
  const ticket = requireTicket(openTickets(call.paths, call.config), ticketId);
  const found = await excerptsFor({ paths, config: call.config, env: call.env }, ticket, []);
  const file = path.join(call.paths.opsDir, 'cache', 'context', `${ticket.id}.md`);
  const text = [
    `# Code around ${ticket.id}: ${ticket.title}`,
    'Pieces that the index finds for this ticket, best first. Read further where a piece ends too early.',
    ...excerptLines(found),
  ].join('\n\n');
  writeFileAtomic(file, text, { mode: 0o600, dirMode: 0o700, fleeting: true });
  return { context: file };
}
