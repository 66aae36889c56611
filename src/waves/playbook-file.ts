import path from 'node:path';
import { readTextIfExists, writeFileAtomic } from '../platform/files.ts';
import { withLock } from '../platform/lock.ts';
import type { ProjectPaths } from '../project/paths.ts';

/** Relative to the project's folder in the main worktree. */
export const PLAYBOOK_FILE = '.claude/playbook.md';

/** The playbook's text; empty when there is none. */
export function readPlaybook({ mainRoot }: Pick<ProjectPaths, 'mainRoot'>): string {
  return readTextIfExists(path.join(mainRoot, PLAYBOOK_FILE)) ?? '';
}

/** The one door through which the playbook changes: reads, asks `change`, writes when something changed, all under its lock. */
export function changePlaybook(
  { mainRoot, opsDir }: ProjectPaths,
  change: (playbook: string) => string,
): Promise<void> {
  return withLock(path.join(opsDir, 'playbook.lock'), () => {
    const before = readPlaybook({ mainRoot });
    const after = change(before);
    if (after !== before) writeFileAtomic(path.join(mainRoot, PLAYBOOK_FILE), after);
  });
}
