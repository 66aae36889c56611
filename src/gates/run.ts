import { BacklogError, ExitCode } from '../platform/errors.ts';
import { type Gate, gates } from '../project/gates.ts';
import { allowBlocked, hasUnallowedWeakening, unallowedRemovals } from './allow.ts';
import { refuseBlocked, settleAttempts, takeUpAfterPlan } from './attempts.ts';
import { warnSpent } from './budget-block.ts';
import type { GateCall } from './call.ts';
import type { TicketDiff } from './difference.ts';
import { refuseChangedConfig } from './gate-config.ts';
import { refuseIgnored } from './ignored-files.ts';
import { runImplement } from './implement.ts';
import { renewLease } from './lease.ts';
import { runLint } from './lint.ts';
import { type GateOutcome, listed } from './outcome.ts';
import { runPlan } from './plan.ts';
import { setUpWorktree } from './set-up.ts';
import { firstUnmet, type GateState } from './status.ts';
import { refuseForeignCommits } from './ticket-commits.ts';
import { currentDiff, openWork, statusFor, type Work, withNewEvidence } from './work.ts';

export interface GateRun {
  readonly ticketId: string;
  readonly gate: Gate;
  /** The implementation plan, for the plan gate. */
  readonly plan?: string | undefined;
  /** A person's reason to allow what blocks. */
  readonly allow?: string | undefined;
}

/**
 * Runs one gate and stores its evidence. `review` and `commit` have commands of their own; here they only say whether they hold.
 * @throws BacklogError `gate-order` (exit 1) when an earlier required gate does not hold; `gate-config-changed` (exit 1); what
 * the gate itself throws
 */
export async function runGate(
  call: GateCall,
  { ticketId, gate, plan, allow }: GateRun,
): Promise<GateOutcome> {
  let work = await openForGate(call, ticketId);
  // What a person allows is also their decision to go on.
  if (allow !== undefined) work = await allowBlocked(work, gate, allow);
  else if (gate === 'lint') refuseBlocked(work, 'lint');
  refuseChangedConfig(work.judging, ticketId, gate);
  const diff = await refuseOutOfOrder(work, gate);
  const ran = await setUpWorktree(work);
  return runOne(work, gate, { plan, diff: ran ? undefined : diff });
}

/**
 * Runs the mechanical gates again that do not hold, implement first; stops at the first that fails.
 * @throws BacklogError as {@link runGate}
 */
export async function runStale(call: GateCall, ticketId: string): Promise<GateOutcome[]> {
  const work = await openForGate(call, ticketId);
  refuseBlocked(work, 'lint');
  refuseChangedConfig(work.judging, ticketId, 'implement');
  await refuseOutOfOrder(work, 'implement');
  await setUpWorktree(work);
  return runStaleGates(work);
}

/** The same for work that is open already, such as one that lies on another base for a moment. */
export async function runStaleGates(opened: Work): Promise<GateOutcome[]> {
  let work = opened;
  const outcomes: GateOutcome[] = [];
  for (const gate of ['implement', 'lint'] as const) {
    const diff = await currentDiff(work);
    const state = statusFor(work, diff).find((one) => one.gate === gate);
    if (state === undefined || state.holds || !state.required) continue;
    const outcome = await runOne(work, gate, { diff });
    outcomes.push(outcome);
    if (outcome.result === 'fail') break;
    work = withNewEvidence(work);
  }
  return outcomes;
}

/** The work of a claim that the caller may continue, its range checked. */
export async function openForGate(call: GateCall, ticketId: string): Promise<Work> {
  const claim = await renewLease(call, ticketId);
  await warnSpent(call, ticketId);
  const work = await openWork(call, claim);
  await refuseForeignCommits(work.place, work.books, work.claim);
  return work;
}

/**
 * @returns the change that was looked at; `undefined` for the first gate, which looks at none
 * @throws BacklogError `gate-order` (exit 1) with the command that comes first
 */
export async function refuseOutOfOrder(work: Work, gate: Gate): Promise<TicketDiff | undefined> {
  if (gates.indexOf(gate) === 0) return undefined;
  const diff = await currentDiff(work);
  const unmet = firstUnmet(statusFor(work, diff), gate);
  if (unmet === undefined) return diff;
  throw new BacklogError({
    code: 'gate-order',
    message: `${gate} comes after ${unmet.gate}, which does not hold: ${unmet.reason}`,
    fix: unmet.next,
    exitCode: ExitCode.CheckFailed,
    details: { gate, missing: unmet.gate },
  });
}

interface RunOne {
  readonly plan?: string | undefined;
  /**
   * The change as it was looked at for the order of the gates, when no command of the user's has run since. A gate that runs one
   * looks again afterwards, and stores nothing when the tree is another by then.
   */
  readonly diff: TicketDiff | undefined;
}

async function runOne(work: Work, gate: Gate, { plan, diff }: RunOne): Promise<GateOutcome> {
  switch (gate) {
    case 'plan':
      refuseRemovedCriteria(work);
      refuseWeakenedTests(work, gate);
      return planned(work, plan ?? '');
    case 'implement':
      // Not every profile asks for a plan.
      refuseWeakenedTests(work, gate);
      await refuseIgnored(work);
      return runImplement(work, diff ?? (await currentDiff(work)));
    case 'lint':
      return counted(work, diff ?? (await currentDiff(work)));
    default:
      return asOutcome(gate, statusFor(work, diff ?? (await currentDiff(work))));
  }
}

async function planned(work: Work, text: string): Promise<GateOutcome> {
  const outcome = await runPlan(work, text);
  if (outcome.result === 'pass') await takeUpAfterPlan(work);
  return outcome;
}

/** Lint: three runs that fail, one after the other, stop the ticket. */
async function counted(work: Work, diff: TicketDiff): Promise<GateOutcome> {
  const outcome = await runLint(work, diff);
  const attempts = await settleAttempts(work, 'lint');
  return { ...outcome, attempts };
}

function refuseRemovedCriteria(work: Work): void {
  const removed = unallowedRemovals(work);
  if (removed.length === 0) return;
  throw new BacklogError({
    code: 'criterion-removed',
    message: `the ticket promised this when implementation began, and no longer does: ${listed(removed)}`,
    fix: `put it back, or let a person allow it: backlog gate run plan --ticket ${work.ticket.id} --from - --allow-suppression "<reason>"`,
    exitCode: ExitCode.CheckFailed,
    details: { removed },
  });
}

function refuseWeakenedTests(work: Work, gate: 'plan' | 'implement'): void {
  if (!hasUnallowedWeakening(work)) return;
  const { id } = work.ticket;
  throw new BacklogError({
    code: 'tests-weakened',
    message: `${id} asked for new tests before its work began, and now says tests: existing`,
    fix: `put it back: backlog ticket edit ${id} --set tests=new; or let a person allow it: backlog gate run ${gate} --ticket ${id}${gate === 'plan' ? ' --from -' : ''} --allow-suppression "<reason>"`,
    exitCode: ExitCode.CheckFailed,
  });
}

function asOutcome(gate: Gate, states: readonly GateState[]): GateOutcome {
  const state = states.find((one) => one.gate === gate);
  const holds = state?.holds === true;
  return {
    gate,
    result: holds ? 'pass' : 'fail',
    message: state?.reason ?? '',
    fix: holds ? undefined : state?.next,
    evidence: state?.evidence ?? [],
    findings: [],
    outputTail: '',
  };
}
