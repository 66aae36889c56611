import type { GateCall } from '../gates/call.ts';
import type { Escalation } from '../ledger/escalations.ts';
import { escalateAfterFailures, escalationState } from './escalate.ts';
import { isTextGate } from './local-attempts.ts';
import type { LocalFirst } from './local-first.ts';
import { isHigher, isLocal, type RoutedGate, type StepModel, stepModel, stepOf } from './step-model.ts';
import { entryTier } from './tier.ts';

/** Which model a gate's work goes to, and why. */
export interface GateModel extends StepModel {
  readonly gate: RoutedGate;
  readonly why: readonly string[];
  /** What raised it above where `llmOps.routing` begins; `null` when nothing did. */
  readonly escalation: Pick<Escalation, 'to' | 'reason' | 'at' | 'by'> | null;
  /** How many of `maxEscalationsPerTicket` the ticket has left. */
  readonly escalations_left: number;
}

/** The tier where a gate's work begins, before any failure: what `llmOps.routing` says, and what `free` may not do. */
function entryOf(
  gate: RoutedGate,
  call: Pick<GateCall, 'config'>,
  local: LocalFirst,
): { readonly tier: string; readonly why: string } {
  const step = stepOf(gate);
  const tier = entryTier(step, call.config);
  const key = `llmOps.routing.entryModel${step.charAt(0).toUpperCase()}${step.slice(1)} is ${tier}`;
  if (gate === 'review' && isLocal(tier, call.config))
    return { tier: 'cheap', why: `${key}, and the local model never reviews` };
  if (tier !== 'free') return { tier, why: key };
  if (!isTextGate(gate)) return { tier: 'cheap', why: `${key}, and the work needs tools, which it has not` };
  return local.eligible
    ? { tier, why: `${key}; ${local.why.join('; ')}` }
    : { tier: 'cheap', why: `${key}, not for this ticket: ${local.why.join('; ')}` };
}

/**
 * The cheapest model that may do a gate's work: where the configuration begins, raised by what failed. When a gate has failed
 * twice the escalation is written down here, because its reason belongs to the requests that follow.
 * @param open whether the ticket is still worked on; nothing is raised for one that is done
 */
export async function gateModel(
  call: Pick<GateCall, 'paths' | 'config' | 'clock' | 'caller'>,
  ticketId: string,
  gate: RoutedGate,
  { local, open }: { readonly local: LocalFirst; readonly open: boolean },
): Promise<GateModel> {
  const step = stepOf(gate);
  const entry = entryOf(gate, call, local);
  const before = raisedBy(escalationState(call, ticketId, step).last, gate, call, entry.tier);
  const { recorded, note } = open
    ? await escalateAfterFailures(call, ticketId, step, before?.to ?? entry.tier)
    : { recorded: undefined, note: undefined };
  const last = raisedBy(recorded, gate, call, entry.tier) ?? before;
  return {
    gate,
    ...stepModel(last?.to ?? entry.tier, isTextGate(gate)),
    why: [entry.why, ...(last === undefined ? [] : [`${last.to} since ${last.at}: ${last.reason}`])].concat(
      note ?? [],
    ),
    escalation: last === undefined ? null : { to: last.to, reason: last.reason, at: last.at, by: last.by },
    escalations_left: escalationState(call, ticketId, step).left,
  };
}

/** The escalation, when it leads above where the work begins; never to this machine for a review. */
function raisedBy(
  escalation: Escalation | undefined,
  gate: RoutedGate,
  call: Pick<GateCall, 'config'>,
  entry: string,
): Escalation | undefined {
  if (escalation === undefined || !isHigher(escalation.to, entry)) return undefined;
  const lost = isLocal(escalation.to, call.config) && !isTextGate(gate);
  return lost ? undefined : escalation;
}
