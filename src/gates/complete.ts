import path from 'node:path';
import type { ModelShare } from '../ledger/cost-entry.ts';
import { costHistoryFile } from '../ledger/cost-history.ts';
import { timestamp, utcDay } from '../platform/clock.ts';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { appendHistory, editFrontMatter, replaceSection } from '../tickets/file.ts';
import { closeTicket } from '../tickets/store.ts';
import { commitBooks } from './books-commit.ts';
import { type GateCall, personName } from './call.ts';
import { changeClaim, readClaim } from './claims.ts';
import { compactEvidence, writeCompact } from './compact.ts';
import { sendEvent } from './events.ts';
import { gateTries } from './gate-tries.ts';
import { notStarted, renewLease, withEvent } from './lease.ts';
import { type Routed, recordCompletion } from './record-completion.ts';
import { commitId, type RepositoryPlace, topLevel, tryPlumb } from './repository.ts';
import type { GateState } from './status.ts';
import { commitsBetween } from './ticket-commits.ts';
import { codeTreeOf } from './tree.ts';
import { currentStatus, openWork, type Work } from './work.ts';

/** What the ledger says of a ticket. */
export interface TicketSpending {
  readonly requests: number;
  /** USD; requests without a known price are not in it. */
  readonly cost_usd: number;
  readonly unpriced: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_tokens?: number;
  readonly cache_write_tokens?: number;
  readonly by_model?: Readonly<Record<string, ModelShare>>;
}

export interface CompleteOptions {
  readonly ticketId: string;
  /** Which pipeline and which type of agent did it; the rooms above know. */
  readonly routed?: Routed | undefined;
  /** Reads the session's newest usage into the ledger, then sums up the ticket. */
  readonly spending: () => Promise<TicketSpending>;
}

export interface Completion {
  readonly ticketId: string;
  readonly commit: string;
  readonly file: string;
  readonly evidenceFile: string;
  /** `null` when nothing was left to commit, or the configuration leaves it uncommitted. */
  readonly booksCommit: string | null;
  readonly states: readonly GateState[];
  readonly spending: TicketSpending;
}

/**
 * Completes a ticket whose commit is there and whose required gates all hold for it. Each step can be repeated: after a
 * crash the same call goes on where it stopped.
 * @throws BacklogError `gates-unmet`, `commit-missing`, `commit-unproven` (exit 1)
 */
export async function completeTicket(call: GateCall, options: CompleteOptions): Promise<Completion> {
  const { ticketId } = options;
  const work = await openWork(call, await claimToComplete(call, ticketId));
  const main: RepositoryPlace = { worktree: await topLevel(call.paths.mainRoot, call.env), env: call.env };
  const { commit, tree } = await requireCommit(work, main);
  await refuseLaterCommits(work, main, commit, tree);
  const states = await currentStatus(work, tree);
  const unmet = states.filter(({ required, holds }) => required && !holds);
  if (unmet.length > 0) throw gatesUnmet(work, unmet);

  const spending = await options.spending();
  const evidenceFile = writeCompact(work, compactEvidence(work, states, { commit, tree }));
  const author = await authorOf(work);
  const closed =
    work.ticket.status === 'completed'
      ? work.ticket
      : await closeTicket(call.paths, call.config, ticketId, (text) =>
          completedText(work, text, { commit, author, spending }),
        );
  await recordCompletion(work, closed, { main, commit, tree, spending, routed: options.routed });
  const books = [pendingFile(work), closed.file, evidenceFile, costHistoryFile(call.paths.mainRoot)];
  const booksCommit = work.config.git.bookkeepingCommit
    ? await commitBooks(main, books, ticketId, call.signal)
    : null;
  await changeClaim(call.paths.opsDir, ticketId, (claim) =>
    claim === undefined || claim.owner === null
      ? claim
      : { ...withEvent(claim, call, 'released', `completed with ${commit.slice(0, 12)}`), owner: null },
  );
  if (work.ticket.status !== 'completed')
    sendEvent(call, {
      event: 'done',
      at: timestamp(call.clock),
      ticket_id: ticketId,
      commit,
      cost_usd: spending.cost_usd,
    });
  return { ticketId, commit, file: closed.file, evidenceFile, booksCommit, states, spending };
}

/** Where the ticket lay before; after a crash it has moved already, and git still has it there. */
function pendingFile({ call, ticket }: Work): string {
  return path.join(call.paths.mainRoot, call.config.backlog.dataDir, 'pending', path.basename(ticket.file));
}

/** A run that was cut off after the lease was given back may still finish its bookkeeping. */
async function claimToComplete(call: GateCall, ticketId: string) {
  const claim = readClaim(call.paths.opsDir, ticketId);
  if (claim === undefined) throw notStarted(ticketId, 'its work was never started');
  if (claim.owner === null && claim.history.at(-1)?.note.startsWith('completed with')) return claim;
  return renewLease(call, ticketId);
}

/**
 * The ticket's commit: the one that evidence names or, after an amend or a rebase, the one with the same code in the
 * history of the main worktree.
 */
async function requireCommit(
  work: Work,
  main: RepositoryPlace,
): Promise<{ readonly commit: string; readonly tree: string }> {
  const { ticket, lines, claim, books } = work;
  const held = lines.findLast(({ record }) => record.gate === 'commit' && record.result === 'pass')?.record
    .holds_for;
  if (held?.kind !== 'commit') throw missing(`${ticket.id} has no commit`, await nextOf(work));
  const known = await commitId(main, held.commit);
  const reached =
    known !== undefined &&
    (await tryPlumb(main, ['merge-base', '--is-ancestor', known, 'HEAD'])).exitCode === 0;
  if (reached) return { commit: held.commit, tree: held.tree };
  const own = (await commitsBetween(main, books, ticket.id, { from: claim.base_commit, to: 'HEAD' })).filter(
    (one) => one.own,
  );
  for (const { id } of own)
    if ((await codeTreeOf(main, id, books)) === held.tree) return { commit: id, tree: held.tree };
  const where = claim.branch === null ? held.commit.slice(0, 12) : claim.branch;
  throw missing(
    `commit ${held.commit.slice(0, 12)} of ${ticket.id} is not in the history of ${main.worktree}`,
    `git -C ${JSON.stringify(main.worktree)} merge ${where}`,
  );
}

/**
 * Commits of the ticket after the one that its evidence is for: their code is what nobody has judged.
 * @throws BacklogError `commit-unproven` (exit 1)
 */
async function refuseLaterCommits(
  work: Work,
  main: RepositoryPlace,
  commit: string,
  tree: string,
): Promise<void> {
  const { ticket, books } = work;
  const later = await commitsBetween(main, books, ticket.id, { from: commit, to: 'HEAD' });
  for (const { id, subject, own, booksOnly } of later) {
    if (!own || booksOnly || (await codeTreeOf(main, id, books)) === tree) continue;
    throw new BacklogError({
      code: 'commit-unproven',
      message: `${id.slice(0, 12)} (${subject}) of ${ticket.id} came after ${commit.slice(0, 12)}, for which its evidence is`,
      fix: `backlog gate run --stale --ticket ${ticket.id}, then a review of the difference, then \`backlog commit\`, which puts it on record`,
      exitCode: ExitCode.CheckFailed,
      details: { commit: id },
    });
  }
}

async function nextOf(work: Work): Promise<string> {
  const states = await currentStatus(work);
  return (
    states.find(({ required, holds }) => required && !holds)?.next ?? `backlog gate status ${work.ticket.id}`
  );
}

/** Who implemented it: the agent that ran the last green tests, else the person. */
async function authorOf(work: Work): Promise<string> {
  const agent = work.lines.findLast(({ record }) => record.gate === 'implement' && record.agent_id !== null)
    ?.record.agent_id;
  if (agent) return agent;
  const session = work.claim.session_id;
  return session === null ? personName(work.call) : `session ${session.slice(0, 8)}`;
}

function completedText(
  work: Work,
  text: string,
  facts: { readonly commit: string; readonly author: string; readonly spending: TicketSpending },
): string {
  const { call, lines } = work;
  const day = utcDay(call.clock);
  const { reviewRounds, testsAdded } = gateTries(lines);
  const fields = {
    status: 'completed',
    updated: day,
    completed: day,
    implemented_by: facts.author,
    review_rounds: reviewRounds,
    tests_added: testsAdded,
    commit: facts.commit,
  };
  return appendHistory(
    replaceSection(editFrontMatter(text, fields), 'Actual Cost', costSection(facts.spending)),
    {
      date: day,
      change: `Completed with commit ${facts.commit.slice(0, 12)}`,
      author: facts.author,
    },
  );
}

function costSection({ requests, cost_usd, unpriced, input_tokens, output_tokens }: TicketSpending): string {
  const count = (value: number): string => value.toLocaleString('en-US');
  const rest =
    unpriced > 0 ? `\n\n${count(unpriced)} of the requests have no known price and are not in the sum.` : '';
  return `| Requests | Input tokens | Output tokens | USD |\n|---:|---:|---:|---:|\n| ${count(requests)} | ${count(input_tokens)} | ${count(output_tokens)} | ${cost_usd.toFixed(4)} |${rest}`;
}

export function gatesUnmet(work: Work, unmet: readonly GateState[]): BacklogError {
  const [first] = unmet;
  return new BacklogError({
    code: 'gates-unmet',
    message: `${work.ticket.id} is not done: ${unmet.map(({ gate, reason }) => `${gate} (${reason})`).join('; ')}`,
    fix: first?.next ?? `backlog gate status ${work.ticket.id}`,
    exitCode: ExitCode.CheckFailed,
    details: { gates: unmet.map(({ gate, verdict, reason, next }) => ({ gate, verdict, reason, next })) },
  });
}

function missing(message: string, fix: string): BacklogError {
  return new BacklogError({ code: 'commit-missing', message, fix, exitCode: ExitCode.CheckFailed });
}
