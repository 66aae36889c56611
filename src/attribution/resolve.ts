import path from 'node:path';
import { type Clock, timestamp } from '../platform/clock.ts';
import type { Attribution, Context } from './attribution.ts';
import { readContextFile } from './context-file.ts';
import { contextAt, type HistoryEvent, readHistory } from './history.ts';
import type { Marker } from './marker.ts';
import { isSafeId, places } from './places.ts';
import { agentRecord } from './registry.ts';

/** Contexts of the project's and the home's file are believed for this long, in ms: 12 hours. */
const FILE_AGE_MS = 12 * 60 * 60 * 1000;

export interface ResolveInput {
  readonly home: string;
  readonly opsDir: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** The project's name: files count for the same project only. */
  readonly project: string;
  readonly sessionId?: string | undefined;
  readonly agentId?: string | undefined;
  /** Of the request's first message, where a caller sees it. */
  readonly marker?: Marker | undefined;
  readonly parentAgentId?: string | undefined;
  /** RFC 3339: for rows that are read later, their own time; without it, now. */
  readonly at?: string | undefined;
  readonly clock: Clock;
  /** Reads a session's history; a long-running caller keeps what it has read. */
  readonly history?: ((session: string) => HistoryEvent[]) | undefined;
  /** Reads a context file, likewise. */
  readonly contextFile?: ((file: string) => Context | undefined) | undefined;
}

/**
 * Which ticket, gate and agent a request is for, and which rule found it: agent → marker → parent → session → file → none.
 * A request of an agent that nothing is known of takes its session's context, never another agent's.
 */
export function resolve(input: ResolveInput): Attribution {
  const { home, sessionId, agentId, marker, project } = input;
  const history =
    sessionId !== undefined && isSafeId(sessionId)
      ? (input.history ?? ((session: string) => readHistory(home, session)))(sessionId)
      : [];
  const at = input.at ?? timestamp(input.clock);
  const ofAgent = agentId === undefined ? undefined : agentContext(input, history, agentId, at);
  if (ofAgent) return { context: ofAgent, attributed_by: 'agent' };
  if (ofAgent === null) return { context: undefined, attributed_by: 'none' };
  const ofSession = contextAt(history, null, at);
  if (marker !== undefined)
    return {
      context: { ...marker, project, skill: ofSession?.skill ?? '', updated_at: at },
      attributed_by: 'marker',
    };
  const ofParent = parentContext(input, history, at);
  if (ofParent) return { context: ofParent, attributed_by: 'parent' };
  if (ofParent === null) return { context: undefined, attributed_by: 'none' };
  if (ofSession) return { context: ofSession, attributed_by: 'session' };
  // A cleared session is no reason to look into a file that another one has written.
  if (ofSession === null) return { context: undefined, attributed_by: 'none' };
  const ofFile = fileContext(input, at);
  return ofFile === undefined
    ? { context: undefined, attributed_by: 'none' }
    : { context: ofFile, attributed_by: 'file' };
}

/** Agents are nested this deep at most; it also ends a registry that turns in a circle. */
const MOST_DEPTH = 16;

/** The nearest parent that has a context: the one that the request names, else as the registry has them. */
function parentContext(
  input: ResolveInput,
  history: readonly HistoryEvent[],
  at: string,
): Context | null | undefined {
  const { home, sessionId, agentId, parentAgentId } = input;
  const parentOf = (agent: string | undefined): string | undefined =>
    sessionId === undefined || agent === undefined
      ? undefined
      : (agentRecord(home, sessionId, agent)?.parent_agent_id ?? undefined);
  let parent = parentAgentId ?? parentOf(agentId);
  for (let depth = 0; parent !== undefined && depth < MOST_DEPTH; depth += 1) {
    const context = agentContext(input, history, parent, at);
    if (context !== undefined) return context;
    parent = parentOf(parent);
  }
  return undefined;
}

/**
 * By time where the session's history knows the agent, else the agent's record.
 * @returns `undefined` when nothing is known, `null` when the agent had cleared its context
 */
function agentContext(
  { home, sessionId }: ResolveInput,
  history: readonly HistoryEvent[],
  agentId: string,
  at: string,
): Context | null | undefined {
  if (sessionId === undefined) return undefined;
  const events = history.filter((event) => event.agent_id === agentId);
  if (events.length === 0) return agentRecord(home, sessionId, agentId)?.context ?? undefined;
  // Rows from before the first binding belong to the agent all the same.
  const then = contextAt(events, agentId, at);
  return then === undefined ? events[0]?.context : then;
}

function fileContext(input: ResolveInput, at: string): Context | undefined {
  const { home, opsDir, env, project, contextFile: read = readContextFile } = input;
  if (env.BACKLOG_CONTEXT_FILE) return read(path.resolve(env.BACKLOG_CONTEXT_FILE));
  const files = [...(opsDir === undefined ? [] : [places.projectContext(opsDir)]), places.homeContext(home)];
  for (const file of files) {
    const context = read(file);
    if (context === undefined || context.project !== project) continue;
    const age = Date.parse(at) - Date.parse(context.updated_at);
    // A row from before the file was written is not what it is about.
    if (age >= 0 && age < FILE_AGE_MS) return context;
  }
  return undefined;
}
