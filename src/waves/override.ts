import { BacklogError, ExitCode, usageError } from '../platform/errors.ts';
import type { BacklogConfig } from '../project/config.ts';
import { type RoutedAgent, routeAgent } from './agent-rules.ts';
import type { Candidate } from './candidate.ts';
import { addRouting, type LogPlace, type RoutingEvent, readRouting } from './routing-log.ts';

/** The choice of another agent type that holds for each ticket, the newest one; none where the configuration forbids it. */
export function overrides(
  opsDir: string,
  { agentRouting }: Pick<BacklogConfig, 'agentRouting'>,
): ReadonlyMap<string, RoutingEvent> {
  if (!agentRouting.llmOverride) return new Map();
  const chosen = readRouting(opsDir).events.filter(({ event }) => event === 'override');
  return new Map(chosen.map((event) => [event.ticket_id, event]));
}

/** The agent type of a ticket: what was chosen for it, else what the rules say. */
export function agentTypeFor(
  ticket: Candidate,
  config: BacklogConfig,
  override: RoutingEvent | undefined,
): RoutedAgent {
  return override?.agent_type
    ? { agentType: override.agent_type, why: `chosen: ${override.reason}` }
    : routeAgent(ticket, config);
}

/**
 * Records that another agent type implements a ticket.
 * @throws BacklogError `override-refused` (exit 1), `override-invalid` (exit 2)
 */
export async function overrideAgent(
  place: LogPlace & { readonly config: BacklogConfig },
  choice: { readonly ticketId: string; readonly agentType: string; readonly reason: string | undefined },
): Promise<void> {
  const { ticketId, agentType } = choice;
  if (!place.config.agentRouting.llmOverride)
    throw new BacklogError({
      code: 'override-refused',
      message: `agentRouting.llmOverride is false: the rules choose the agent of ${ticketId}`,
      fix: 'change agentRouting.rules or agentRouting.overrides, or set agentRouting.llmOverride to true',
      exitCode: ExitCode.CheckFailed,
    });
  if (!/^[A-Za-z][\w.-]{0,63}(?::[A-Za-z][\w.-]{0,63})?$/.test(agentType))
    throw usageError(
      `${JSON.stringify(agentType.slice(0, 80))} is no name of an agent`,
      'pass an agent type such as frontend, or an agent such as my-plugin:painter',
      'override-invalid',
    );
  const reason = oneLine(choice.reason);
  if (reason === '')
    throw usageError(
      'another agent needs a reason',
      `add --reason "…": it stands in the records of ${ticketId}`,
      'override-invalid',
    );
  await addRouting(place, (events) => {
    const last = events.findLast((one) => one.event === 'override' && one.ticket_id === ticketId);
    // Saying the same again is no second choice.
    if (last?.agent_type === agentType && last.reason === reason) return undefined;
    return { ticket_id: ticketId, event: 'override', gate: null, agent_type: agentType, reason };
  });
}

/** Most characters of a reason. */
const MOST = 300;

/** A reason as it is recorded: one line, nothing in it that moves a cursor. */
export function oneLine(text: string | undefined): string {
  return (text ?? '')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, MOST);
}
