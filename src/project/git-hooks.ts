import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { readTextIfExists, realPlace, writeFileAtomic } from '../platform/files.ts';
import { git } from '../platform/git.ts';
import { notARepository } from './scaffold.ts';

/** The hooks of git that we listen to. */
export const gitHooks = ['pre-commit', 'commit-msg', 'pre-push'] as const;
export type GitHook = (typeof gitHooks)[number];

const MARK = '# backlog-toolkit: git hook';
/** A hook that was there before ours; ours calls it first. */
const KEPT = '.before-backlog';

export interface HooksPlace {
  /** Root of the worktree. */
  readonly worktree: string;
  /** Where git looks for hooks: `core.hooksPath`, else the repository's own folder. Absolute. */
  readonly folder: string;
  /** The project's folder relative to the worktree's root; empty when it is the root. */
  readonly prefix: string;
}

export interface InstalledHooks {
  readonly folder: string;
  readonly installed: readonly GitHook[];
  /** Hooks that were there before, and are called first. */
  readonly kept: readonly GitHook[];
  readonly notes: readonly string[];
}

/** @throws BacklogError `not-a-repository` (exit 3) */
export async function hooksPlace(root: string, env: NodeJS.ProcessEnv): Promise<HooksPlace> {
  const top = await git(['rev-parse', '--show-toplevel'], { cwd: root, env });
  const hooks = await git(['rev-parse', '--git-path', 'hooks'], { cwd: root, env });
  if (top.exitCode !== 0 || hooks.exitCode !== 0) throw notARepository(root, '--git-hooks');
  const worktree = path.resolve(top.stdout.trimEnd());
  return {
    worktree,
    folder: path.resolve(root, hooks.stdout.trimEnd()),
    prefix: path.relative(realPlace(worktree), realPlace(root)).split(path.sep).join('/'),
  };
}

/**
 * Puts our hooks where git looks for them. A hook that is there is kept under another name and called first. A second call
 * only renews ours.
 * @param program our executable, as it is installed now
 * @param home the user's own folder, which keeps where hooks were put, for `uninstall`
 * @throws BacklogError `git-hook-in-the-way` (exit 1)
 */
export function installGitHooks(place: HooksPlace, program: string, home: string): InstalledHooks {
  const { folder } = place;
  const kept: GitHook[] = [];
  const foreign = gitHooks.filter((name) => {
    const text = readTextIfExists(path.join(folder, name));
    return text !== undefined && !text.includes(MARK);
  });
  for (const name of foreign) {
    const aside = path.join(folder, `${name}${KEPT}`);
    if (existsSync(aside)) throw inTheWay(path.join(folder, name), aside);
  }
  mkdirSync(folder, { recursive: true });
  writeFolders(home, [...new Set([...hookFolders(home), folder])]);
  for (const name of gitHooks) {
    const file = path.join(folder, name);
    if (foreign.includes(name)) renameSync(file, `${file}${KEPT}`);
    if (existsSync(`${file}${KEPT}`)) kept.push(name);
    writeFileAtomic(file, scriptOf(name, place.prefix, program), { mode: 0o755 });
    chmodSync(file, 0o755);
  }
  return { folder, installed: gitHooks, kept, notes: managersIn(place) };
}

/** Folders into which hooks were put, as far as the user's own folder knows. */
export function hookFolders(home: string): string[] {
  try {
    const folders: unknown = JSON.parse(readTextIfExists(listFile(home)) ?? '[]');
    return Array.isArray(folders) ? folders.filter((folder) => typeof folder === 'string') : [];
  } catch {
    // Somebody has edited it; the hooks of the project that one stands in are found without it.
    return [];
  }
}

const listFile = (home: string): string => path.join(home, 'git-hooks.json');

function writeFolders(home: string, folders: readonly string[]): void {
  writeFileAtomic(listFile(home), `${JSON.stringify(folders, null, 2)}\n`, { mode: 0o600, dirMode: 0o700 });
}

/** Takes exactly ours out, and puts back what was there before. @returns the files that were taken out */
export function uninstallGitHooks(folder: string, home: string): string[] {
  const out: string[] = [];
  for (const name of gitHooks) {
    const file = path.join(folder, name);
    if (!readTextIfExists(file)?.includes(MARK)) continue;
    rmSync(file);
    if (existsSync(`${file}${KEPT}`)) renameSync(`${file}${KEPT}`, file);
    out.push(file);
  }
  const others = hookFolders(home).filter((one) => one !== folder);
  if (others.length < hookFolders(home).length) writeFolders(home, others);
  return out;
}

/** Other programs that write this folder: what they write next replaces ours. */
function managersIn({ worktree, folder }: HooksPlace): string[] {
  const lines = gitHooks.map((name) => `.husky/${name}: backlog-toolkit hook git-${name} "$@"`).join('; ');
  const lefthook = ['lefthook.yml', 'lefthook.yaml', '.lefthook.yml', '.lefthook.yaml', 'lefthook.toml'];
  return [
    ...(existsSync(path.join(worktree, '.husky'))
      ? [
          `husky keeps the hooks of this project in .husky/ and writes ${folder} again: a line in its own files lasts longer (${lines})`,
        ]
      : []),
    ...lefthook
      .filter((name) => existsSync(path.join(worktree, name)))
      .map(
        (name) =>
          `lefthook writes ${folder} again at its next \`lefthook install\`: run \`backlog init --git-hooks\` after it, or add \`backlog-toolkit hook git-pre-commit\` and its like to ${name}`,
      ),
  ];
}

function inTheWay(file: string, aside: string): BacklogError {
  return new BacklogError({
    code: 'git-hook-in-the-way',
    message: `${file} is another program's hook, and ${aside} is kept from before; nothing was changed`,
    fix: `put both into one file, delete ${aside}, and run the command again`,
    exitCode: ExitCode.CheckFailed,
    file,
  });
}

/**
 * The shell does what it can by itself, so that a commit without an open ticket starts no Node. Where our program is gone the
 * hook says so and lets git go on: CI judges again.
 */
function scriptOf(name: GitHook, prefix: string, program: string): string {
  return `#!/bin/sh
${MARK} ${name}. \`backlog uninstall\` takes it out; git's own --no-verify goes past it.
here=$(dirname "$0")
before="$here/${name}${KEPT}"
folder=${quoted(prefix === '' ? '.' : prefix)}
${beginnings[name]}
[ -f "$folder/backlog.config.json" ] || exit 0
for program in ${quoted(program)} "$(command -v backlog-toolkit)" ./node_modules/.bin/backlog-toolkit; do
  [ -x "$program" ] || continue
  ${name === 'pre-push' ? `printf '%s\\n' "$lines" | "$program"` : 'exec "$program"'} hook git-${name} --cwd "$folder" -- "$@"
  exit $?
done
echo 'warning: backlog-toolkit is not installed here any more, so nothing was checked; \`backlog verify\` does it in CI' >&2
exit 0
`;
}

/** Whether a ticket is open anywhere: `owner` is null once a lease was given back. */
const openTickets = `open=no
common=$(git rev-parse --git-common-dir 2>/dev/null)
case $common in
  .git | */.git) grep -qs '"owner": *{' "$common/../$folder/.backlog-ops/claims/"*.json && open=yes ;;
  *) open=yes ;;
esac`;

const beginnings: Readonly<Record<GitHook, string>> = {
  'pre-commit': `if [ -x "$before" ]; then "$before" "$@" || exit $?; fi
${openTickets}
[ "$open" = yes ] || exit 0`,
  'commit-msg': `if [ -x "$before" ]; then "$before" "$@" || exit $?; fi
${openTickets}
[ "$open" = yes ] || grep -qi '^Backlog-Evidence:' "$1" || exit 0
case $1 in /*) ;; *) set -- "$PWD/$1" ;; esac`,
  'pre-push': `lines=$(cat)
if [ -x "$before" ]; then printf '%s\\n' "$lines" | "$before" "$@" || exit $?; fi`,
};

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
