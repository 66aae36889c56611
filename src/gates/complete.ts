import { costHistoryFile } from '../ledger/cost-history.ts';
import { timestamp, utcDay } from '../platform/clock.ts';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { appendHistory, editFrontMatter, replaceSection } from '../tickets/file.ts';
import { closeTicket } from '../tickets/store.ts';
import { commitBooks } from './books-commit.ts';
import { type GateCall, personName } from './call.ts';
import { changeClaim, readClaim } from './claims.ts';
import { compactEvidence, writeCompact } from './compact.ts';
import { pendingFile, refuseLaterCommits, requireCommit } from './completed-commit.ts';
import { sendEvent } from './events.ts';
import { gateTries } from './gate-tries.ts';
import { notStarted, renewLease, withEvent } from './lease.ts';
import { type Routed, recordCompletion, type TicketSpending } from './record-completion.ts';
import { placeAround } from './repository.ts';
import type { GateState } from './status.ts';
import { currentDiff, openWork, statusFor, type Work } from './work.ts';

export interface CompleteOptions {
  readonly ticketId: string;
  /** Which pipeline and which type of agent did it; the rooms above know. */
  readonly routed?: Routed | undefined;
  /** The branch that a wave merges the ticket into; the main worktree may be on another one by now. */
  readonly takenBy?: string | undefined;
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
  const main = await placeAround(call.paths.mainRoot, call);
  const { commit, tree, branch } = await requireCommit(work, main, options.takenBy);
  await refuseLaterCommits(work, main, { commit, tree, tip: branch ?? 'HEAD' });
  const change = await currentDiff(work, tree);
  const states = statusFor(work, change);
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
  await recordCompletion(work, closed, { main, commit, change, spending, routed: options.routed });
  const books = [pendingFile(work), closed.file, evidenceFile, costHistoryFile(call.paths.mainRoot)];
  // What lies on another branch is no commit for the one that is checked out.
  const booksCommit =
    work.config.git.bookkeepingCommit && branch === undefined
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

/** A run that was cut off after the lease was given back may still finish its bookkeeping. */
async function claimToComplete(call: GateCall, ticketId: string) {
  const claim = readClaim(call.paths.opsDir, ticketId);
  if (claim === undefined) throw notStarted(ticketId, 'its work was never started');
  if (claim.owner === null && claim.history.at(-1)?.note.startsWith('completed with')) return claim;
  return renewLease(call, ticketId);
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
