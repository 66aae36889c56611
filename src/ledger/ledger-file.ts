import { inFolder } from '../platform/files.ts';

/** The usage ledger of a project (its `.backlog-ops/`), or without one the user's own. */
export function ledgerFile(opsDir: string | undefined, home: string): string {
  return inFolder(opsDir ?? home, 'usage-ledger.jsonl');
}
