import type { GateCall } from '../gates/call.ts';
import { type Escalation, readEscalations, recordEscalation } from '../ledger/escalations.ts';
import { BacklogError, ExitCode, usageError } from '../platform/errors.ts';
import { failuresAt, localFailure, MOST_FAILURES } from './local-attempts.ts';
import { oneLine } from './override.ts';
import { isHigher, type RoutedGate, stepModel, stepOf } from './step-model.ts';
import type { RoutedStep } from './tier.ts';

type EscalationCall = Pick<GateCall, 'paths' | 'config' | 'clock' | 'caller'>;

/** The tier that the local model's work goes to after it has failed: the first one that Claude Code's agents are good at. */
const AFTER_LOCAL = 'balanced';

/** Gates whose failures say that a step needs a better model. */
const judgesOf: Readonly<Partial<Record<RoutedStep, readonly string[]>>> = {
  plan: ['plan'],
  implement: ['implement', 'lint', 'review'],
};

export interface EscalationState {
  /** The last one of the step; `undefined` when it was never escalated. */
  readonly last: Escalation | undefined;
  /** How many of `maxEscalationsPerTicket` are left for the ticket. */
  readonly left: number;
}

export function escalationState(call: EscalationCall, ticketId: string, step: RoutedStep): EscalationState {
  const own = readEscalations(call.paths.opsDir).items.filter(({ ticket_id }) => ticket_id === ticketId);
  return { last: own.findLast((one) => one.step === step), left: leftOf(call, own) };
}

/** What came of asking for a dearer model. */
export interface Escalated {
  readonly recorded: Escalation | undefined;
  /** Why nothing was recorded. */
  readonly note: string | undefined;
}

/**
 * Raises a step of a ticket to `escalationModel`, because whoever leads asks for it.
 * @throws BacklogError `escalation-needs-reason` (exit 2), `escalation-limit` (exit 1)
 */
export async function escalateStep(
  call: EscalationCall,
  asked: {
    readonly ticketId: string;
    readonly gate: RoutedGate;
    readonly tier: string;
    readonly reason: string | undefined;
  },
): Promise<Escalated> {
  const { gateway, routing } = call.config.llmOps;
  const reason = oneLine(asked.reason);
  if (reason === '' && gateway.requireEscalationReason)
    throw usageError(
      'a dearer model needs a reason',
      'add --reason "…"; it stands in the ledger with every request that follows (llmOps.gateway.requireEscalationReason)',
      'escalation-needs-reason',
    );
  const step = stepOf(asked.gate);
  if (!isHigher(routing.escalationModel, asked.tier))
    return { recorded: undefined, note: `${step} is at ${asked.tier} already; nothing is recorded` };
  const recorded = await recordEscalation(
    call.paths.opsDir,
    asked.ticketId,
    (before) => {
      if (leftOf(call, before) <= 0) throw limitReached(call, asked.ticketId);
      return {
        ...whoAsks(call),
        step,
        from: asked.tier,
        ...target(routing.escalationModel),
        reason: reason || 'escalated, no reason given',
        by: 'caller',
      };
    },
    call.clock,
  );
  return { recorded, note: undefined };
}

/**
 * Raises a step by itself when one of its gates has failed twice since it was last raised, as long as the ticket may be.
 * Asking again changes nothing.
 */
export async function escalateAfterFailures(
  call: EscalationCall,
  ticketId: string,
  step: RoutedStep,
  tier: string,
): Promise<Escalated> {
  const to = call.config.llmOps.routing.escalationModel;
  let note: string | undefined;
  if (!isHigher(to, tier)) return { recorded: undefined, note };
  const recorded = await recordEscalation(
    call.paths.opsDir,
    ticketId,
    (before) => {
      const local = localFailure(call.paths.opsDir, ticketId)?.at ?? '';
      const raised = before.findLast((one) => one.step === step)?.at ?? '';
      const since = [local, raised].sort().at(-1) ?? '';
      const failed = (judgesOf[step] ?? [])
        .map((gate) => ({ gate, count: failuresAt(call.paths.opsDir, ticketId, gate, since) }))
        .find(({ count }) => count >= MOST_FAILURES);
      if (failed === undefined) return undefined;
      const reason = `${failed.gate} failed ${failed.count} times`;
      if (leftOf(call, before) <= 0) {
        note = `${reason}, and the ticket has had its escalations (llmOps.routing.maxEscalationsPerTicket)`;
        return undefined;
      }
      return { ...whoAsks(call), step, from: tier, ...target(to), reason, by: 'program' };
    },
    call.clock,
  );
  return { recorded, note };
}

/** After the local model has failed: its ticket's plan and code go to `balanced` where the configuration begins lower. */
export async function escalateAfterLocal(
  call: EscalationCall,
  ticketId: string,
  reason: string,
): Promise<void> {
  const { entryModelPlan, entryModelImplement } = call.config.llmOps.routing;
  for (const [step, tier] of [
    ['plan', entryModelPlan],
    ['implement', entryModelImplement],
  ] as const)
    await recordEscalation(
      call.paths.opsDir,
      ticketId,
      (before) =>
        !isHigher(AFTER_LOCAL, tier) || before.some((one) => one.step === step && one.by === 'local')
          ? undefined
          : {
              ...whoAsks(call),
              step,
              from: tier,
              ...target(AFTER_LOCAL),
              reason: `local model: ${reason}`,
              by: 'local',
            },
      call.clock,
    );
}

/** Escalations of the local model are the program's own and cost no part of the ticket's allowance. */
function leftOf({ config }: EscalationCall, before: readonly Escalation[]): number {
  const most = config.llmOps.routing.maxEscalationsPerTicket;
  return Math.max(0, most - before.filter(({ by }) => by !== 'local').length);
}

function target(to: string): Pick<Escalation, 'to' | 'model'> {
  return { to, model: stepModel(to, false).model };
}

function whoAsks({ caller }: EscalationCall): Pick<Escalation, 'session_id' | 'agent_id'> {
  return { session_id: caller.sessionId ?? null, agent_id: caller.agentId ?? null };
}

function limitReached({ config }: EscalationCall, ticketId: string): BacklogError {
  const most = config.llmOps.routing.maxEscalationsPerTicket;
  return new BacklogError({
    code: 'escalation-limit',
    message: `${ticketId} has had its escalations: llmOps.routing.maxEscalationsPerTicket is ${most}`,
    fix: 'split the ticket, let a person look at it, or raise llmOps.routing.maxEscalationsPerTicket',
    exitCode: ExitCode.CheckFailed,
  });
}
