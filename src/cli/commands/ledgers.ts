import path from 'node:path';
import { recentSessions } from '../../attribution/session.ts';
import { ledgerFile } from '../../ledger/append.ts';
import { backlogHome, findProject } from '../../project/paths.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';

/** `--ledger`, else the project's, else the user's own. */
export function ledgerOf(call: Invocation, io: Io): string {
  const named = call.text('ledger');
  if (named !== undefined) return path.resolve(io.cwd, named);
  return ledgerFile(findProject(io.cwd)?.opsDir, backlogHome(io.env));
}

/** All ledgers that this user is known to have: the own one, this project's, and those of projects with recent sessions. */
export function knownLedgers(io: Io): string[] {
  const home = backlogHome(io.env);
  const folders = [io.cwd, ...recentSessions(home).map(({ cwd }) => cwd)];
  const files = folders.map((folder) => ledgerFile(findProject(folder)?.opsDir, home));
  return [...new Set([ledgerFile(undefined, home), ...files])];
}
