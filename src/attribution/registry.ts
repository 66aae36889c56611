import { type Clock, timestamp } from '../platform/clock.ts';
import { readTextIfExists } from '../platform/files.ts';
import type { Context } from './attribution.ts';
import { contextFrom } from './context-file.ts';
import { appendHistoryEvent, readHistory } from './history.ts';
import type { Marker } from './marker.ts';
import { isSafeId, jsonObject, places, text, writeOwn } from './places.ts';

/** How an agent came to its context: only exact joins, never the order of events. */
export type JoinedBy = 'context-set' | 'tool-use' | 'marker';

/** What hooks know of an agent of a session. */
export interface AgentRecord {
  readonly agent_id: string;
  /** As the client calls it: `implementer`, `general-purpose`, or a teammate's name. */
  readonly agent_type: string;
  readonly started_at: string;
  readonly context: Context | null;
  readonly joined_by: JoinedBy | null;
  /** The agent whose Agent call started it; `null` on the main thread, and while the call is not known. */
  readonly parent_agent_id: string | null;
}

/** An Agent call that was seen before its agent began. */
export interface AgentCall {
  readonly tool_use_id: string;
  readonly marker: Marker | null;
  /** Agent that makes the call; `null` on the main thread. */
  readonly parent_agent_id: string | null;
}

/** Notes that an agent began. What is known of it already stays. */
export function registerAgent(
  home: string,
  agent: {
    readonly sessionId: string;
    readonly agentId: string;
    readonly agentType: string;
    readonly clock: Clock;
  },
): void {
  const known = agentRecord(home, agent.sessionId, agent.agentId);
  writeOwn(places.agent(home, agent.sessionId, agent.agentId), {
    agent_id: agent.agentId,
    agent_type: agent.agentType || known?.agent_type || '',
    started_at: known?.started_at ?? timestamp(agent.clock),
    context: known?.context ?? null,
    joined_by: known?.joined_by ?? null,
    parent_agent_id: known?.parent_agent_id ?? null,
  } satisfies AgentRecord);
}

/** Binds an agent to a context, or takes it away. */
export function bindAgent(
  home: string,
  session: string,
  agentId: string,
  binding: { readonly context: Context | undefined; readonly by: JoinedBy; readonly at: string },
): void {
  const known = agentRecord(home, session, agentId);
  writeOwn(places.agent(home, session, agentId), {
    agent_id: agentId,
    agent_type: known?.agent_type ?? '',
    started_at: known?.started_at ?? binding.at,
    context: binding.context ?? null,
    joined_by: binding.by,
    parent_agent_id: known?.parent_agent_id ?? null,
  } satisfies AgentRecord);
}

/** `undefined` when no hook has seen the agent, or its record cannot be read. */
export function agentRecord(home: string, session: string, agentId: string): AgentRecord | undefined {
  if (!isSafeId(session) || !isSafeId(agentId)) return undefined;
  const fields = jsonObject(readTextIfExists(places.agent(home, session, agentId)));
  if (fields === undefined) return undefined;
  const joined = (['context-set', 'tool-use', 'marker'] as const).find((by) => by === fields.joined_by);
  return {
    agent_id: agentId,
    agent_type: text(fields.agent_type),
    started_at: text(fields.started_at),
    context: contextFrom(fields.context) ?? null,
    joined_by: joined ?? null,
    parent_agent_id: text(fields.parent_agent_id) || null,
  };
}

/** Every ticket and gate that an agent was ever bound to. */
export function agentRoles(
  home: string,
  session: string,
  agentId: string,
): { readonly ticket_id: string; readonly gate: string }[] {
  if (!isSafeId(session)) return [];
  return readHistory(home, session).flatMap(({ agent_id, context }) =>
    agent_id === agentId && context !== null ? [{ ticket_id: context.ticket_id, gate: context.gate }] : [],
  );
}

/** Notes whose call started an agent: without a ticket of its own it works on that agent's. */
export function noteParent(
  home: string,
  agent: {
    readonly sessionId: string;
    readonly agentId: string;
    readonly parentAgentId: string;
    readonly clock: Clock;
  },
): void {
  const { sessionId, agentId, parentAgentId, clock } = agent;
  if (![sessionId, agentId, parentAgentId].every(isSafeId) || agentId === parentAgentId) return;
  const known = agentRecord(home, sessionId, agentId);
  if (known?.parent_agent_id === parentAgentId) return;
  writeOwn(places.agent(home, sessionId, agentId), {
    ...(known ?? unknownAgent(agentId, timestamp(clock))),
    parent_agent_id: parentAgentId,
  } satisfies AgentRecord);
}

function unknownAgent(agentId: string, startedAt: string): AgentRecord {
  return {
    agent_id: agentId,
    agent_type: '',
    started_at: startedAt,
    context: null,
    joined_by: null,
    parent_agent_id: null,
  };
}

/** A teammate has two ids: `name@team` on its requests, another in hooks and transcripts, which is the one that we keep. */
export function linkTeammate(
  home: string,
  link: { readonly sessionId: string; readonly wireId: string; readonly agentId: string },
): void {
  const { sessionId, wireId, agentId } = link;
  if (![sessionId, wireId, agentId].every(isSafeId) || wireId === agentId) return;
  writeOwn(places.wire(home, sessionId, wireId), { agent_id: agentId });
}

/**
 * Joins a teammate by its sidecar, which has both ids. Older clients name only the one on the wire when the teammate begins, so
 * what was bound to that one is the teammate's.
 */
export function joinTeammate(
  home: string,
  join: {
    readonly sessionId: string;
    readonly agentId: string;
    readonly wireId: string;
    readonly clock: Clock;
  },
): void {
  const { sessionId, agentId, wireId, clock } = join;
  if (![sessionId, agentId, wireId].every(isSafeId)) return;
  const known = agentRecord(home, sessionId, agentId);
  const context = agentRecord(home, sessionId, wireId)?.context ?? undefined;
  // The answer of the call knows better than a sidecar that an earlier teammate of this name has left.
  if (agentOnWire(home, sessionId, wireId) === wireId) linkTeammate(home, { sessionId, wireId, agentId });
  if (context === undefined || known?.joined_by) return;
  const at = timestamp(clock);
  bindAgent(home, sessionId, agentId, { context, by: 'tool-use', at });
  appendHistoryEvent(home, sessionId, { at: known?.started_at || at, agent_id: agentId, context });
}

/** The id in hooks and transcripts of an agent that has this one on its requests. */
export function agentOnWire(home: string, session: string, wireId: string): string {
  // Only teammates have two.
  if (!wireId.includes('@') || !isSafeId(session) || !isSafeId(wireId)) return wireId;
  const link = jsonObject(readTextIfExists(places.wire(home, session, wireId)));
  return text(link?.agent_id) || wireId;
}

/** PreToolUse(Agent): keeps the call's marker under its id, until its agent shows itself. */
export function rememberCall(home: string, session: string, call: AgentCall): void {
  if (!isSafeId(session) || !isSafeId(call.tool_use_id)) return;
  writeOwn(places.call(home, session, call.tool_use_id), call);
}

/**
 * Joins an agent to the call that started it, by the call's id (the transcript's sidecar and PostToolUse name it). The first
 * join stays: an agent that is resumed keeps its ticket.
 * @returns whether the agent is bound now
 */
export function joinByCall(
  home: string,
  join: {
    readonly sessionId: string;
    readonly agentId: string;
    readonly toolUseId: string;
    readonly project: string;
    readonly clock: Clock;
  },
): boolean {
  const { sessionId, agentId, toolUseId, project, clock } = join;
  if (!isSafeId(sessionId) || !isSafeId(agentId) || !isSafeId(toolUseId)) return false;
  const known = agentRecord(home, sessionId, agentId);
  if (known !== undefined && known.joined_by !== null) return true;
  const call = jsonObject(readTextIfExists(places.call(home, sessionId, toolUseId)));
  if (call === undefined) return false;
  const at = timestamp(clock);
  const parent = text(call.parent_agent_id) || null;
  if (parent !== null) noteParent(home, { sessionId, agentId, parentAgentId: parent, clock });
  if (typeof call.marker !== 'object' || call.marker === null) return false;
  const marker: Readonly<Record<string, unknown>> = { ...call.marker };
  const inherited = parent === null ? undefined : agentRecord(home, sessionId, parent)?.context?.skill;
  const context: Context = {
    ticket_id: text(marker.ticket_id),
    gate: text(marker.gate),
    project,
    agent_type: text(marker.agent_type) || known?.agent_type || '',
    skill: inherited ?? sessionSkill(home, sessionId),
    updated_at: at,
  };
  bindAgent(home, sessionId, agentId, { context, by: 'tool-use', at });
  // Its first requests lie before this moment: the binding holds from the agent's beginning on.
  appendHistoryEvent(home, sessionId, { at: known?.started_at || at, agent_id: agentId, context });
  return true;
}

/** Agent entries inherit the skill of their session. */
export function sessionSkill(home: string, session: string): string {
  return readHistory(home, session).findLast(({ agent_id }) => agent_id === null)?.context?.skill ?? '';
}
