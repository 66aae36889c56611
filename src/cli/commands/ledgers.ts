import { existsSync } from 'node:fs';
import path from 'node:path';
import { recentSessions } from '../../attribution/session.ts';
import { ledgerFile } from '../../ledger/append.ts';
import { segmentFiles } from '../../ledger/segments.ts';
import { backlogHome, findProject } from '../../project/paths.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { plain } from './figures.ts';

/** Whether it, or an earlier part of it that was moved aside, is there. */
export function hasLedger(ledger: string): boolean {
  return segmentFiles(ledger).some((file) => existsSync(file));
}

/** `--ledger`, else the project's, else the user's own. */
export function ledgerOf(call: Invocation, io: Io): string {
  const named = call.text('ledger');
  if (named !== undefined) {
    const file = path.resolve(io.cwd, named);
    if (!hasLedger(file)) io.note(`note: there is no ledger ${plain(file)}`);
    return file;
  }
  return ledgerFile(findProject(io.cwd)?.opsDir, backlogHome(io.env));
}

/** All ledgers that this user is known to have: the own one, this project's, and those of projects with recent sessions. */
export function knownLedgers(io: Io): string[] {
  const home = backlogHome(io.env);
  const folders = [io.cwd, ...recentSessions(home).map(({ cwd }) => cwd)];
  const files = folders.map((folder) => ledgerFile(findProject(folder)?.opsDir, home));
  return [...new Set([ledgerFile(undefined, home), ...files])];
}
