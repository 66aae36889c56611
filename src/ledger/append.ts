import path from 'node:path';
import { BacklogError, ExitCode, messageOf } from '../platform/errors.ts';
import { appendLine, isInside } from '../platform/files.ts';
import { backlogHome } from '../project/paths.ts';
import { withEscalationReason } from './escalations.ts';
import { newRecord } from './new-record.ts';
import type { LedgerRecord } from './record.ts';
import { rotateIfDue } from './rotate.ts';

export { ledgerFile } from './ledger-file.ts';
export { newRecord } from './new-record.ts';

/**
 * Adds one record to a ledger. See {@link appendRecords}.
 * @param home the user's own folder: a ledger in it is for its owner only (0600, folders 0700)
 */
export function appendRecord(file: string, record: LedgerRecord, home?: string): void {
  appendRecords(file, [record], home);
}

/**
 * Adds records to a ledger as one single append, so that any number of writers may do so at once; what a crash has torn off
 * is closed with a line end first. Each line is written whole or an error is thrown: no record is lost in silence.
 * @throws BacklogError `ledger-write-failed` (exit 4)
 */
export function appendRecords(
  file: string,
  records: readonly LedgerRecord[],
  home: string = backlogHome(process.env),
): void {
  if (records.length === 0) return;
  const lines = records.map((record) => JSON.stringify(withEscalationReason(file, newRecord(record))));
  const modes = isInside(home, file) ? { mode: 0o600, dirMode: 0o700 } : {};
  makeRoom(file);
  try {
    appendLine(file, lines.join('\n'), modes);
  } catch (error) {
    const requests = records.length === 1 ? 'one request' : `${records.length} requests`;
    throw new BacklogError({
      code: 'ledger-write-failed',
      message: `the usage of ${requests} is not in the ledger: ${messageOf(error)}`,
      fix: error instanceof BacklogError ? error.fix : `check that you may write to ${path.dirname(file)}`,
      exitCode: ExitCode.Outside,
      file,
      cause: error,
    });
  }
}

/** A ledger that cannot be moved aside just grows on: whether it can be written to is seen when it is. */
function makeRoom(file: string): void {
  try {
    rotateIfDue(file);
  } catch {
    // The record counts, not the file's size.
  }
}
