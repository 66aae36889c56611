import { existsSync, mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { newId } from '../platform/ids.ts';
import { isAlive, self } from '../platform/owner.ts';
import type { ChangedFile } from './changed-file.ts';
import { linkDependencies } from './dependencies.ts';
import { plumb, type RepositoryPlace, tryPlumb } from './repository.ts';

const NAME = 'backlog-copy-';

export interface BaseCopyOptions {
  readonly commit: string;
  /** Files of a code tree laid over the commit: a ticket's final tests over its base. */
  readonly overlay?: { readonly tree: string; readonly files: readonly ChangedFile[] };
  /** Where ignored dependency folders are looked for, first choice first. */
  readonly dependenciesFrom: readonly string[];
}

export interface BaseCopy {
  /** Root of the temporary worktree. */
  readonly worktree: string;
  /** Dependency folders that were linked, relative to the root. */
  readonly linked: readonly string[];
}

/**
 * Gives `work` a temporary git worktree of a commit, in the system's folder for temporary files: below the project its tools
 * would find the project's own configuration, and the project's tools the copy. It is taken away whatever happens; one that a
 * killed process has left is taken away by the next call.
 */
export async function withBaseCopy<T>(
  place: RepositoryPlace,
  options: BaseCopyOptions,
  work: (copy: BaseCopy) => Promise<T>,
): Promise<T> {
  await removeLeftCopies(place);
  const { pid, started } = self();
  const name = `${NAME}${pid}-${Buffer.from(started).toString('hex')}-${newId().slice(0, 8)}`;
  const worktree = path.join(realpathSync(tmpdir()), name);
  try {
    await plumb(place, ['worktree', 'add', '--quiet', '--detach', worktree, options.commit]);
    const copy: RepositoryPlace = { ...place, worktree };
    if (options.overlay !== undefined) await lay(copy, options.overlay);
    await fillSubmodules(copy, options.dependenciesFrom);
    const linked = await linkDependencies(copy, options.dependenciesFrom);
    return await work({ worktree, linked });
  } finally {
    await removeCopy(place, worktree);
  }
}

async function lay(
  copy: RepositoryPlace,
  { tree, files }: { readonly tree: string; readonly files: readonly ChangedFile[] },
): Promise<void> {
  for (const file of files)
    if (file.status === 'D' || file.status === 'T')
      rmSync(path.join(copy.worktree, file.path), { recursive: true, force: true });
  const present = files.filter((file) => file.status !== 'D');
  if (present.length === 0) return;
  const input = present.map((file) => `${file.path}\0`).join('');
  await plumb(
    copy,
    ['--literal-pathspecs', 'checkout', '--quiet', tree, '--pathspec-from-file=-', '--pathspec-file-nul'],
    { input },
  );
}

/**
 * A submodule is not checked out in a new worktree: its commit is taken from a checkout that has it in place. A link to that would
 * be another change, and have another commit. Where the commit is not on this machine the folder stays empty.
 */
async function fillSubmodules(copy: RepositoryPlace, from: readonly string[]): Promise<void> {
  const staged = await plumb(copy, ['ls-files', '--stage', '-z']);
  for (const entry of staged.split('\0').filter((line) => line.startsWith('160000 '))) {
    const file = entry.slice(entry.indexOf('\t') + 1);
    const target = path.join(copy.worktree, file);
    const source = from.map((root) => path.join(root, file)).find((folder) => isFilled(folder));
    if (source === undefined || isFilled(target)) continue;
    const inner: RepositoryPlace = { ...copy, worktree: target };
    const commit = entry.split(' ')[1] ?? '';
    const cloned = await tryPlumb(copy, [
      'clone',
      '--quiet',
      '--shared',
      '--no-checkout',
      '--',
      source,
      target,
    ]);
    if (cloned.exitCode === 0) {
      const out = await tryPlumb(inner, ['checkout', '--quiet', '--detach', commit]);
      if (out.exitCode === 0) {
        await fillSubmodules(inner, [source]);
        await linkDependencies(inner, [source]);
        continue;
      }
    }
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
  }
}

function isFilled(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).length > 0;
}

async function removeCopy(place: RepositoryPlace, worktree: string): Promise<void> {
  // `worktree remove` also works for a folder that is gone; a folder that it cannot remove is removed by us.
  const removed = await tryPlumb(place, ['worktree', 'remove', '--force', worktree]);
  if (removed.exitCode === 0 && !existsSync(worktree)) return;
  rmSync(worktree, { recursive: true, force: true, maxRetries: 3 });
  await tryPlumb(place, ['worktree', 'remove', '--force', worktree]);
}

async function removeLeftCopies(place: RepositoryPlace): Promise<void> {
  const listed = await plumb(place, ['worktree', 'list', '--porcelain', '-z']);
  for (const entry of listed.split('\0')) {
    if (!entry.startsWith('worktree ')) continue;
    const worktree = entry.slice('worktree '.length);
    const [, pid, started] = /^backlog-copy-(\d+)-([0-9a-f]*)-/.exec(path.basename(worktree)) ?? [];
    if (pid === undefined || started === undefined) continue;
    const owner = { pid: Number(pid), started: Buffer.from(started, 'hex').toString() };
    if (!isAlive(owner)) await removeCopy(place, worktree);
  }
}
