import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { readTextIfExists } from '../platform/files.ts';
import { type BacklogConfig, parseConfig } from '../project/config.ts';
import { CONFIG_FILE } from '../project/paths.ts';
import { readTicketFile } from '../tickets/file.ts';
import type { Ticket } from '../tickets/ticket.ts';
import { type Bookkeeping, bookkeepingOf } from './bookkeeping.ts';
import { type GateCall, relativeFolder } from './call.ts';
import { inProject } from './in-project.ts';
import { commitId, fileAt, plumb, type RepositoryPlace, topLevel, tryPlumb } from './repository.ts';
import { type Rerun, rerunCommands } from './rerun.ts';
import { codeTreeOf } from './tree.ts';
import { parseCompact, problemsOf } from './verify-ticket.ts';

export interface VerifiedTicket {
  readonly ticketId: string;
  /** `matched`: a commit of the range is what the evidence was given for. `unmatched`: none is. `missing`: it proves nothing. */
  readonly verdict: 'matched' | 'unmatched' | 'missing';
  readonly reason: string;
  readonly commit: string | null;
  readonly waivers: readonly { readonly gate: string; readonly person: string; readonly reason: string }[];
  readonly included: readonly string[];
}

export interface Verification {
  readonly base: string;
  readonly head: string;
  readonly tickets: readonly VerifiedTicket[];
  /** The commands, run again on a clean checkout; `undefined` when that was not asked for. */
  readonly rerun: Rerun | undefined;
  readonly ok: boolean;
}

export interface VerifyOptions {
  readonly base: string | undefined;
  readonly rerun: boolean;
  readonly waivers: boolean;
}

/**
 * Judges the tickets completed in base..HEAD by what is committed, so that it works in a fresh clone. Committed evidence is a
 * claim; the rerun is the control.
 * @throws BacklogError `range-missing` (exit 4) when the clone has not the range
 */
export async function verifyRange(call: GateCall, options: VerifyOptions): Promise<Verification> {
  const worktree = await topLevel(call.paths.root, call.env);
  const place: RepositoryPlace = { worktree, env: call.env };
  const base = await baseOf(place, options.base);
  const head = (await commitId(place, 'HEAD')) ?? base;
  const prefix = relativeFolder(worktree, call.paths.root);
  const config = await configAt(call, place, base, prefix);
  const books = bookkeepingOf(worktree, call.paths.root, config.backlog.dataDir);
  const trees = await treesOf(place, books, base, head);
  const tickets: VerifiedTicket[] = [];
  for (const ticket of await completedIn(place, books, base, head))
    tickets.push(await verifyOne(ticket, { place, books, config, trees, head }));
  const rerun = options.rerun ? await rerunCommands(call, { place, books, config, base, head }) : undefined;
  const allowed =
    options.waivers || tickets.every(({ waivers, included }) => waivers.length + included.length === 0);
  const ok =
    allowed &&
    (rerun === undefined || rerun.green) &&
    tickets.every(
      ({ verdict }) => verdict === 'matched' || (verdict === 'unmatched' && rerun?.green === true),
    );
  return { base, head, tickets, rerun, ok };
}

interface Range {
  readonly place: RepositoryPlace;
  readonly books: Bookkeeping;
  readonly config: BacklogConfig;
  readonly trees: ReadonlyMap<string, string>;
  readonly head: string;
}

async function verifyOne(
  ticket: Ticket,
  { place, books, config, trees, head }: Range,
): Promise<VerifiedTicket> {
  const nothing = { ticketId: ticket.id, commit: null, waivers: [], included: [] };
  const text = await fileAt(place, head, inProject(books, `${books.dataDir}/evidence/${ticket.id}.json`));
  if (text === undefined)
    return {
      ...nothing,
      verdict: 'missing',
      reason: 'it was completed without evidence: no evidence file is committed',
    };
  const evidence = parseCompact(text);
  if (evidence === undefined)
    return { ...nothing, verdict: 'missing', reason: 'its evidence file cannot be read' };
  const about = { ...nothing, waivers: evidence.waivers, included: evidence.included };
  const problems = problemsOf(ticket, evidence, config);
  if (problems.length > 0) return { ...about, verdict: 'missing', reason: problems.join('; ') };
  const commit = trees.get(evidence.tree);
  return commit === undefined
    ? { ...about, verdict: 'unmatched', reason: 'no commit of the range has the code that the gates saw' }
    : {
        ...about,
        verdict: 'matched',
        reason: `commit ${commit.slice(0, 12)} has the code that the gates saw`,
        commit,
      };
}

/** Tickets that are completed at HEAD and were not at the base. Obsolete and split ones have nothing to prove. */
async function completedIn(
  place: RepositoryPlace,
  books: Bookkeeping,
  base: string,
  head: string,
): Promise<Ticket[]> {
  const tickets: Ticket[] = [];
  for (const folder of ['completed', 'pending']) {
    const dir = inProject(books, `${books.dataDir}/${folder}`);
    const names = (await plumb(place, ['ls-tree', '-r', '-z', '--name-only', head, '--', `${dir}/`])).split(
      '\0',
    );
    for (const name of names.filter((one) => one.endsWith('.md'))) {
      const ticket = await ticketAt(place, head, name);
      if (ticket?.status !== 'completed') continue;
      if ((await ticketAt(place, base, name))?.status !== 'completed') tickets.push(ticket);
    }
  }
  return tickets;
}

async function ticketAt(place: RepositoryPlace, commit: string, file: string): Promise<Ticket | undefined> {
  const text = await fileAt(place, commit, file);
  if (text === undefined) return undefined;
  try {
    return readTicketFile(text, path.join(place.worktree, file));
  } catch {
    // A file that cannot be read is `ticket validate`'s to name; it is not completed.
    return undefined;
  }
}

/** Code tree → commit, for each commit of the range. */
async function treesOf(
  place: RepositoryPlace,
  books: Bookkeeping,
  base: string,
  head: string,
): Promise<Map<string, string>> {
  const commits = (await plumb(place, ['rev-list', `${base}..${head}`]))
    .split('\n')
    .filter((id) => id !== '');
  const trees = new Map<string, string>();
  for (const id of commits) trees.set(await codeTreeOf(place, id, books), id);
  return trees;
}

/** The judged range does not choose its judge: the configuration at the base counts, where it has one. */
async function configAt(
  call: GateCall,
  place: RepositoryPlace,
  base: string,
  prefix: string,
): Promise<BacklogConfig> {
  const name = prefix === '' ? CONFIG_FILE : `${prefix}/${CONFIG_FILE}`;
  const text = (await fileAt(place, base, name)) ?? readTextIfExists(call.paths.configFile);
  return text === undefined ? call.config : parseConfig(text, name).config;
}

/** The base that was asked for, else where the branch left its upstream, else the first commit. */
async function baseOf(place: RepositoryPlace, asked: string | undefined): Promise<string> {
  if (asked !== undefined) {
    const merge = (await tryPlumb(place, ['merge-base', asked, 'HEAD'])).stdout.trim();
    if (merge !== '') return merge;
    throw rangeMissing(`${asked}..HEAD is not in this clone`);
  }
  for (const upstream of ['@{upstream}', 'origin/HEAD']) {
    const merge = (await tryPlumb(place, ['merge-base', upstream, 'HEAD'])).stdout.trim();
    if (merge !== '' && merge !== (await commitId(place, 'HEAD'))) return merge;
  }
  if ((await plumb(place, ['rev-parse', '--is-shallow-repository'])) === 'true')
    throw rangeMissing('this clone is shallow, and no base was named');
  const roots = (await plumb(place, ['rev-list', '--max-parents=0', 'HEAD'])).split('\n');
  return roots.at(-1) ?? 'HEAD';
}

function rangeMissing(message: string): BacklogError {
  return new BacklogError({
    code: 'range-missing',
    message,
    fix: 'fetch the whole history (git fetch --unshallow; in GitHub Actions fetch-depth: 0), or name another base: backlog verify --base <ref>',
    exitCode: ExitCode.Outside,
  });
}
