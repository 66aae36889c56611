import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { plumb, type RepositoryPlace } from './repository.ts';
import { nameOfFile, parseDiff } from './unified-diff.ts';

export interface PatchLine {
  /** 1-based: of an added line in the new file, of a removed one in the old. */
  readonly line: number;
  readonly text: string;
}

/** What a change does to one file. A rename is two. */
export interface PatchFile {
  /** Relative to the worktree's root. */
  readonly file: string;
  readonly added: readonly PatchLine[];
  readonly removed: readonly PatchLine[];
}

/**
 * Added and removed lines between two trees. Every file is read as text: an attribute (`*.ts binary`) or a zero byte would
 * otherwise hide what a change says.
 */
export async function changedLines(place: RepositoryPlace, from: string, to: string): Promise<PatchFile[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'backlog-lines-'));
  try {
    const file = path.join(folder, 'patch');
    const options =
      '-r -p --text --unified=0 --no-renames --no-ext-diff --no-textconv --no-color --ignore-submodules';
    const prefixes = ['--src-prefix=a/', '--dst-prefix=b/', `--output=${file}`];
    await plumb(place, ['diff-tree', ...options.split(' '), ...prefixes, from, to]);
    return parsePatch(readFileSync(file, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Added and removed lines of a unified difference as git writes it, by file. */
export function parsePatch(patch: string): PatchFile[] {
  const files = new Map<string, { added: PatchLine[]; removed: PatchLine[] }>();
  const of = (file: string) => {
    const found = files.get(file) ?? { added: [], removed: [] };
    files.set(file, found);
    return found;
  };
  for (const file of parseDiff(patch))
    for (const { kind, line, text } of file.lines) {
      if (kind === 'added') of(nameOfFile(file)).added.push({ line, text });
      if (kind === 'removed') of(file.from ?? '').removed.push({ line, text });
    }
  return [...files].map(([file, lines]) => ({ file, ...lines }));
}
