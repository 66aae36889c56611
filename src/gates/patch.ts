import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { plumb, type RepositoryPlace } from './repository.ts';

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

/** Reads a unified difference. A line that looks like a header inside of a hunk is none: hunks say how long they are. */
export function parsePatch(patch: string): PatchFile[] {
  const files = new Map<string, { added: PatchLine[]; removed: PatchLine[] }>();
  const of = (file: string) => {
    const found = files.get(file) ?? { added: [], removed: [] };
    files.set(file, found);
    return found;
  };
  let from = '';
  let to = '';
  let oldLine = 0;
  let newLine = 0;
  let oldLeft = 0;
  let newLeft = 0;
  for (const line of patch.split('\n')) {
    if (oldLeft <= 0 && newLeft <= 0) {
      if (line.startsWith('--- ')) from = nameOf(line);
      if (line.startsWith('+++ ')) to = nameOf(line);
      const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
      if (!hunk) continue;
      [oldLine, oldLeft] = [Number(hunk[1]), Number(hunk[2] ?? 1)];
      [newLine, newLeft] = [Number(hunk[3]), Number(hunk[4] ?? 1)];
    } else if (line.startsWith('+')) {
      of(to).added.push({ line: newLine++, text: line.slice(1) });
      newLeft -= 1;
    } else if (line.startsWith('-')) {
      of(from).removed.push({ line: oldLine++, text: line.slice(1) });
      oldLeft -= 1;
    } else if (!line.startsWith('\\')) {
      [oldLine, newLine, oldLeft, newLeft] = [oldLine + 1, newLine + 1, oldLeft - 1, newLeft - 1];
    }
  }
  return [...files].map(([file, lines]) => ({ file, ...lines }));
}

/** `+++ b/src/a.ts`; in quotes, with escapes, when the name has a quote or a backslash in it. */
function nameOf(line: string): string {
  const name = line.slice(4).replace(/\t$/, '');
  const plain = /^".*"$/.test(name) ? name.slice(1, -1).replace(/\\(["\\])/g, '$1') : name;
  return plain.replace(/^[ab]\//, '');
}
