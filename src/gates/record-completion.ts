import path from 'node:path';
import type { CostEntry, ModelShare } from '../ledger/cost-entry.ts';
import { addToCostHistory, COST_HISTORY_FILE } from '../ledger/cost-history.ts';
import { normaliseModel } from '../ledger/model-name.ts';
import { utcDay } from '../platform/clock.ts';
import { classifyTicket } from '../tickets/classify.ts';
import { estimateRows } from '../tickets/cost-estimate.ts';
import { listTickets } from '../tickets/listing.ts';
import type { Ticket } from '../tickets/ticket.ts';
import type { TicketDiff } from './difference.ts';
import { allFindings, type GateTries, gateTries } from './gate-tries.ts';
import { withQueues } from './queues.ts';
import type { RepositoryPlace } from './repository.ts';
import { type Contribution, changeState, count, statePlace } from './state-change.ts';
import { withAverages, withCompleted, withConfidenceSum } from './state-figures.ts';
import { commitsBetween } from './ticket-commits.ts';
import type { Work } from './work.ts';

/** Who implemented a ticket, and how. */
export interface Routed {
  /** `fast` or `full`. */
  readonly pipeline: string;
  readonly agentType: string;
}

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

interface Completed {
  readonly main: RepositoryPlace;
  readonly commit: string;
  /** From the ticket's base to that commit. */
  readonly change: Pick<TicketDiff, 'files'>;
  readonly spending: TicketSpending;
  readonly routed: Routed | undefined;
}

/**
 * Writes what a completed ticket has cost and taken into cost history and state, once a ticket: a second call brings both up to
 * date. What could not be read is set aside, with a note.
 */
export async function recordCompletion(work: Work, ticket: Ticket, done: Completed): Promise<void> {
  const { call, lines } = work;
  const entry = entryOf(work, ticket, gateTries(lines), done);
  const lockFile = path.join(call.paths.opsDir, 'cost-history.lock');
  const aside = await addToCostHistory({ mainRoot: call.paths.mainRoot, lockFile, clock: call.clock }, entry);
  if (aside !== undefined)
    call.note(`warning: ${COST_HISTORY_FILE} could not be read; the old file is kept as ${aside}`);
  const commits = (
    await commitsBetween(done.main, work.books, ticket.id, { from: work.claim.base_commit, to: done.commit })
  ).filter(({ own }) => own).length;
  const counted = contribution(entry, commits, done, work);
  const { tickets } = await listTickets(call.paths, call.config);
  const { warning } = await changeState(statePlace(call.paths), call.clock, (state) => {
    const after = count(withConfidenceSum(state), `ticket:${ticket.id}`, counted);
    return withAverages(withQueues(withCompleted(after, ticket.id, call.caller.sessionId), tickets));
  });
  if (warning !== undefined) call.note(`warning: ${warning}`);
}

function entryOf(
  work: Work,
  ticket: Ticket,
  tries: GateTries,
  { change: { files }, spending, routed }: Completed,
): CostEntry {
  const created = files.filter(({ status }) => status === 'A').length;
  const { requests, unpriced, cost_usd, by_model = {} } = spending;
  return {
    ticket_id: ticket.id,
    ticket_type: ticket.prefix,
    complexity: classifyTicket(ticket).complexity,
    pipeline: routed?.pipeline ?? null,
    files_modified: files.length - created,
    files_created: created,
    tests_added: tries.testsAdded,
    total_tokens:
      spending.input_tokens +
      spending.output_tokens +
      (spending.cache_read_tokens ?? 0) +
      (spending.cache_write_tokens ?? 0),
    // An estimate that learns from tickets of which nothing, or not all, was seen would be too low.
    cost_usd: requests === 0 || unpriced > 0 ? null : cost_usd,
    model_breakdown: by_model,
    review_rounds: tries.reviewRounds,
    gates_passed_first_try: tries.passedFirstTry,
    gates_run: tries.run,
    ...estimated(ticket, by_model),
    date: utcDay(work.call.clock),
  };
}

/** What the ticket was estimated at, for the model that did most of it: which one that would be was nobody's estimate. */
function estimated(
  ticket: Ticket,
  byModel: Readonly<Record<string, ModelShare>>,
): Pick<CostEntry, 'estimated_tokens' | 'estimated_cost_usd'> {
  const rows = estimateRows(ticket);
  const [model = ''] = Object.entries(byModel).toSorted(([, a], [, b]) => b.tokens - a.tokens)[0] ?? [];
  const row = rows.find((one) => normaliseModel(one.model).name === normaliseModel(model).name);
  const [any] = rows;
  if (any === undefined) return {};
  return { estimated_tokens: row?.tokens ?? any.tokens, estimated_cost_usd: row?.usd ?? null };
}

function contribution(
  entry: CostEntry,
  commits: number,
  { spending, routed }: Completed,
  { lines, config }: Work,
): Contribution {
  const findings = allFindings(lines);
  const threshold = config.reviewPipeline.confidenceThreshold;
  return {
    totalTicketsCompleted: 1,
    totalReviewRounds: entry.review_rounds,
    totalTestsAdded: entry.tests_added,
    totalCommits: commits,
    totalTokensUsed: entry.total_tokens,
    totalCostUsd: spending.cost_usd,
    [`ticketsByType.${nameIn(entry.ticket_type)}`]: 1,
    ...(routed === undefined ? {} : { [`agentRoutingStats.${nameIn(routed.agentType)}`]: 1 }),
    'reviewStats.totalFindings': findings.length,
    'reviewStats.filteredByConfidence': findings.filter(({ confidence }) => confidence < threshold).length,
    'reviewStats.confidenceSum': findings.reduce((sum, { confidence }) => sum + confidence, 0),
  };
}

/** A dot in a name would make a level of its own of what follows. */
function nameIn(word: string): string {
  return word.replaceAll('.', '-');
}
