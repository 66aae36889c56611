import { git } from '../../platform/git.ts';
import { worktreeRoot } from '../../project/paths.ts';
import type { World } from '../world.ts';

/** Most commits that are looked at; a backlog does not speak of older ones. */
const MAX_COMMITS = 10_000;

/** A commit that changed a file. */
export interface Change {
  /** Seconds since 1970, of the committer. */
  readonly at: number;
  /** Abbreviated. */
  readonly commit: string;
  /** Of its trailers: the tickets that it was made for. */
  readonly tickets: readonly string[];
}

export interface GitHistory {
  /** Where a file that is gone is now, through all renames; `undefined` when git saw none, or the file is gone there, too. */
  movedTo(file: string, has: (file: string) => boolean): string | undefined;
  /** Commits that changed the content of a file, also under names that it had before, the newest first. */
  changes(file: string): readonly Change[];
}

const histories = new WeakMap<World, Promise<GitHistory>>();

/** The history of a world, asked for once. */
export function historyOf(world: World): Promise<GitHistory> {
  const known = histories.get(world);
  if (known !== undefined) return known;
  const history = gitHistory(world.paths.mainRoot);
  histories.set(world, history);
  return history;
}

/** Renames and changes of the whole project by one git call. Outside git, and without a commit, there are none. */
async function gitHistory(root: string): Promise<GitHistory> {
  const renames = new Map<string, { readonly to: string; readonly order: number }[]>();
  const changes = new Map<string, Change[]>();
  const format = '--format=%x01%ct%x02%h%x02%(trailers:key=Ticket,valueonly,separator=%x2C)';
  const args = [
    'log',
    '-z',
    '-M',
    '--name-status',
    '--relative',
    `--max-count=${MAX_COMMITS}`,
    format,
    'HEAD',
    '--',
    '.',
  ];
  const { exitCode, stdout } =
    worktreeRoot(root) === undefined ? { exitCode: 1, stdout: '' } : await git(args, { cwd: root });
  let commit: Change = { at: 0, commit: '', tickets: [] };
  let order = 0;
  // From now towards the beginning: what a name of a moved file meant before the move is the file of today.
  const today = new Map<string, string>();
  const changed = (name: string): void => {
    put(changes, name, commit);
    const now = today.get(name);
    if (now !== undefined && now !== name) put(changes, now, commit);
  };
  const tokens = exitCode === 0 ? stdout.split('\0') : [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = (tokens[index] ?? '').replace(/^\n+/, '');
    if (token.startsWith('\u0001')) {
      const [at = '0', hash = '', tickets = ''] = token.slice(1).split('\u0002');
      commit = { at: Number(at), commit: hash, tickets: tickets.split(',').map((one) => one.trim()) };
      order += 1;
    } else if (/^[RC]\d*$/.test(token)) {
      const [from = '', to = ''] = tokens.slice(index + 1, index + 3);
      index += 2;
      // A hundred is a file that was moved as it is.
      if (token !== 'R100') changed(to);
      if (!token.startsWith('R')) continue;
      put(renames, from, { to, order });
      today.set(from, today.get(to) ?? to);
      today.delete(to);
    } else if (/^[AMDT]$/.test(token)) {
      index += 1;
      changed(tokens[index] ?? '');
    }
  }
  return {
    movedTo: (file, has) => {
      let name = file;
      // Orders fall towards now: each step has to be younger than the one before it, so that no circle can be walked.
      for (let before = Number.POSITIVE_INFINITY; ; ) {
        const step = renames.get(name)?.find((one) => one.order < before);
        if (step === undefined) return undefined;
        name = step.to;
        before = step.order;
        if (has(name)) return name;
      }
    },
    changes: (file) => changes.get(file) ?? [],
  };
}

function put<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
