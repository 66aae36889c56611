import { closeSync, constants, existsSync, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { git } from '../platform/git.ts';
import type { BacklogConfig } from '../project/config.ts';
import { type ProjectPaths, worktreeRoot } from '../project/paths.ts';
import type { Listing } from '../tickets/backlog.ts';
import { type OnLost, wholeTickets } from '../tickets/listing.ts';
import type { ListedTicket, Ticket } from '../tickets/ticket.ts';

/** Largest file that is read, in bytes; larger ones are data, not code that a ticket speaks of. */
const MAX_BYTES = 2 * 1024 * 1024;
/** Most files outside git, where nothing says what belongs to the project. */
const MAX_WALKED = 50_000;

/** What checks look at: the tickets and the files of the main worktree, listed once. */
export interface World {
  readonly paths: ProjectPaths;
  readonly config: BacklogConfig;
  readonly backlog: Listing;
  /**
   * Tickets of the backlog whole, one after the other: those that it holds whole as they are, others read, handed out and let go.
   * A file that has gone or broken meanwhile is left out.
   */
  whole(listed: readonly ListedTicket[], onLost?: OnLost): AsyncIterable<Ticket>;
  /** Files that git tracks or would track, relative to the project with forward slashes, sorted; without the data folder. */
  readonly files: readonly string[];
  /** Whether a path is a file or a folder of the project, ignored ones included. */
  has(file: string): boolean;
  /** The text of a file; `undefined` for a link, for what is larger than 2 MiB, and for bytes that are no text. */
  read(file: string): string | undefined;
}

/**
 * Lists the project's files: one git call, or a walk outside git.
 * @param onLost told of the tickets that are left out of `whole`, where its caller does not ask to be told itself
 * @throws BacklogError `git-missing`, `git-failed` (exit 4)
 */
export async function openWorld(
  paths: ProjectPaths,
  config: BacklogConfig,
  backlog: Listing,
  onLost?: OnLost,
): Promise<World> {
  const root = paths.mainRoot;
  const listed = worktreeRoot(root) === undefined ? undefined : await listedByGit(root);
  const files = (listed ?? walked(root)).filter(notOurs(config)).sort();
  const known = new Set(files);
  for (const file of files)
    for (let at = file.lastIndexOf('/'); at > 0; at = file.lastIndexOf('/', at - 1)) {
      const folder = file.slice(0, at);
      if (known.has(folder)) break;
      known.add(folder);
    }
  return {
    paths,
    config,
    backlog,
    whole: (listed, told = onLost) => whole(listed, paths, config, told),
    files,
    has: (file) => {
      const plain = normal(file);
      return plain !== undefined && (known.has(plain) || existsSync(path.join(root, plain)));
    },
    read: (file) => readText(path.join(root, file)),
  };
}

async function* whole(
  listed: readonly ListedTicket[],
  paths: ProjectPaths,
  config: BacklogConfig,
  onLost: OnLost | undefined,
): AsyncGenerator<Ticket> {
  const held = listed.filter((ticket): ticket is Ticket => 'text' in ticket);
  yield* held.length === listed.length ? held : wholeTickets(listed, paths, config, onLost);
}

/** A path inside the project without `./`, `//` and a final `/`; `undefined` for one that leads out of it. */
export function normal(file: string): string | undefined {
  if (file.includes('\0')) return undefined;
  const plain = path.posix.normalize(file).replace(/\/$/, '');
  return plain === '..' || plain.startsWith('../') || plain.startsWith('/') ? undefined : plain;
}

/** `-t` marks files that are tracked and gone from disk with R; they are listed with another mark, too. */
async function listedByGit(root: string): Promise<string[] | undefined> {
  const args = ['ls-files', '-z', '-t', '--cached', '--others', '--deleted', '--exclude-standard'];
  const { exitCode, stdout } = await git(args, { cwd: root });
  if (exitCode !== 0) return undefined;
  const there = new Set<string>();
  const gone = new Set<string>();
  for (const entry of stdout.split('\0')) {
    if (entry === '') continue;
    (entry.startsWith('R ') ? gone : there).add(entry.slice(2));
  }
  return [...there].filter((file) => !gone.has(file));
}

function walked(root: string): string[] {
  const found: string[] = [];
  const open = [''];
  for (let folder = open.pop(); folder !== undefined && found.length < MAX_WALKED; folder = open.pop()) {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!entry.name.startsWith('.') && entry.name !== 'node_modules') open.push(name);
      } else if (entry.isFile()) found.push(name);
    }
  }
  return found;
}

/** Tickets speak of code; as evidence of what is there they would prove themselves. */
function notOurs({ backlog }: BacklogConfig): (file: string) => boolean {
  const data = `${normal(backlog.dataDir) ?? 'backlog/data'}/`;
  return (file) => !file.startsWith(data) && !file.startsWith('.backlog-ops/');
}

function readText(file: string): string | undefined {
  let handle: number;
  try {
    handle = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch {
    // A link, or a file that has gone since it was listed: nothing can be said of it.
    return undefined;
  }
  try {
    const { size, isFile } = statOf(handle);
    if (!isFile || size > MAX_BYTES) return undefined;
    const text = readFileSync(handle, 'utf8');
    return text.slice(0, 8000).includes('\0') ? undefined : text;
  } finally {
    closeSync(handle);
  }
}

function statOf(handle: number): { readonly size: number; readonly isFile: boolean } {
  const stat = fstatSync(handle);
  return { size: stat.size, isFile: stat.isFile() };
}
