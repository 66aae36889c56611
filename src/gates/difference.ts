import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sha256 } from '../platform/ids.ts';
import type { Bookkeeping } from './bookkeeping.ts';
import type { ChangedFile } from './changed-file.ts';
import { isFullId } from './git-facts.ts';
import { plumb, type RepositoryPlace } from './repository.ts';
import { codeTreeOf } from './tree.ts';

/** A ticket's change: everything between its base commit and a code tree, bookkeeping left out. */
export interface TicketDiff {
  /** Code tree of the base commit. */
  readonly baseTree: string;
  readonly tree: string;
  readonly files: readonly ChangedFile[];
  /** Unified, with binary content, without renames. */
  readonly text: string;
  /** Digest of the change itself: line numbers and blob ids do not count, so a rebase that moves it leaves it as it is. */
  readonly digest: string;
}

const patch = [
  'diff-tree',
  '-r',
  '-p',
  '--binary',
  '--full-index',
  '--no-renames',
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--unified=3',
  '--inter-hunk-context=0',
  '--diff-algorithm=myers',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--submodule=short',
];

/**
 * The difference from a commit or tree to a code tree.
 * @param base a ticket's base commit, or a code tree that was reviewed
 */
export async function ticketDiff(
  place: RepositoryPlace,
  books: Bookkeeping,
  base: string,
  tree: string,
): Promise<TicketDiff> {
  const baseTree = await codeTreeOf(place, base, books);
  const bytes = await differenceBytes(place, baseTree, tree);
  const list = listLength(bytes);
  // A NUL of its own stands between the list and the patch.
  const patchBytes = bytes.subarray(list === 0 ? 0 : list + 1);
  const files = filesIn(bytes.subarray(0, list).toString('utf8'));
  place.facts?.changes.set(`${baseTree} ${tree}`, files);
  return {
    baseTree,
    tree,
    files,
    text: patchBytes.toString('utf8'),
    digest: diffDigest(patchBytes),
  };
}

/**
 * The list of the changed files, then the patch. By way of a file: the bytes as they are, also of text in other encodings, and of any
 * size.
 */
async function differenceBytes(place: RepositoryPlace, from: string, to: string): Promise<Buffer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'backlog-diff-'));
  try {
    const file = path.join(folder, 'patch');
    await plumb(place, [...patch, '--raw', '-z', `--output=${file}`, from, to]);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The files that differ between two trees. */
export async function changedFiles(
  place: RepositoryPlace,
  from: string,
  to: string,
): Promise<readonly ChangedFile[]> {
  if (from === to) return [];
  const key = `${from} ${to}`;
  const known = place.facts?.changes.get(key);
  if (known !== undefined) return known;
  const raw = await plumb(place, [
    'diff-tree',
    '-r',
    '-z',
    '--raw',
    '--no-renames',
    '--full-index',
    from,
    to,
  ]);
  const files = filesIn(raw);
  if (isFullId(from) && isFullId(to)) place.facts?.changes.set(key, files);
  return files;
}

/** How many bytes the list takes: pairs of `:<modes> <ids> <letter>` and a path, each with its NUL. */
function listLength(bytes: Buffer): number {
  let end = 0;
  while (bytes[end] === COLON) end = bytes.indexOf(0, bytes.indexOf(0, end) + 1) + 1;
  return end;
}

const COLON = 0x3a;

/** git's raw list of changed files. */
function filesIn(raw: string): ChangedFile[] {
  const parts = raw.split('\0');
  const files: ChangedFile[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const [, mode = '', , blob = '', letter = ''] = (parts[index] ?? '').split(' ');
    files.push({ path: parts[index + 1] ?? '', status: statusOf(letter), mode, blob });
  }
  return files;
}

/** SHA-256 of a difference without its line numbers and blob ids. White space counts: in Python it is code. */
function diffDigest(patchBytes: Uint8Array): string {
  const lines: string[] = [];
  let inHunk = false;
  // latin1 keeps every byte apart, whatever the text's encoding is.
  for (const line of Buffer.from(patchBytes).toString('latin1').split('\n')) {
    if (line.startsWith('diff --git ')) inHunk = false;
    // Inside a hunk a line that looks like a header begins with ' ', '+' or '-', so it cannot be taken for one.
    if (line.startsWith('@@ ')) {
      inHunk = true;
      lines.push('@@');
    } else if (inHunk || !line.startsWith('index ')) lines.push(line);
  }
  return sha256(Buffer.from(lines.join('\n'), 'latin1'));
}

function statusOf(letter: string): ChangedFile['status'] {
  return letter === 'A' || letter === 'D' || letter === 'T' ? letter : 'M';
}
