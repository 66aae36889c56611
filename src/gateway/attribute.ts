import type { IncomingHttpHeaders } from 'node:http';
import path from 'node:path';
import type { Attribution, Context } from '../attribution/attribution.ts';
import { readContextFile } from '../attribution/context-file.ts';
import { appendHistoryEvent, type HistoryEvent, readHistory } from '../attribution/history.ts';
import type { Marker } from '../attribution/marker.ts';
import { isSafeId, places } from '../attribution/places.ts';
import { agentOnWire, agentRecord, bindAgent, noteParent } from '../attribution/registry.ts';
import { resolve } from '../attribution/resolve.ts';
import { type Clock, timestamp } from '../platform/clock.ts';
import { WatchedFiles } from '../platform/watched.ts';

/** The ids that Claude Code sends with each request; `undefined` where it does not. */
export interface CallerIds {
  readonly sessionId: string | undefined;
  readonly agentId: string | undefined;
  readonly parentAgentId: string | undefined;
  /** Hint headers of newer clients. */
  readonly requestClass: string | undefined;
  readonly agentType: string | undefined;
  readonly promptId: string | undefined;
}

/** What kind of request it is, in the client's words; older clients say no more than that an agent asks, by its id. */
export function requestClass({ requestClass, agentId }: CallerIds): string | undefined {
  return requestClass ?? (agentId === undefined ? undefined : 'subagent');
}

/** Ids are bare on the wire and in hooks; a leading `agent-` is the name of a transcript's file. */
export function callerIds(headers: IncomingHttpHeaders): CallerIds {
  return {
    sessionId: idIn(headers['x-claude-code-session-id']),
    agentId: idIn(headers['x-claude-code-agent-id']),
    parentAgentId: idIn(headers['x-claude-code-parent-agent-id']),
    requestClass: idIn(headers['x-claude-code-request-class']),
    agentType: idIn(headers['x-claude-code-agent-type']),
    promptId: idIn(headers['x-claude-code-prompt-id']),
  };
}

function idIn(value: string | string[] | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  const bare = value.startsWith('agent-') ? value.slice('agent-'.length) : value;
  return isSafeId(bare) ? bare : undefined;
}

export interface AttributeInput {
  readonly ids: CallerIds;
  readonly marker: Marker | undefined;
  readonly opsDir: string | undefined;
  /** The project's name. */
  readonly project: string;
}

/** Most nested agents that are remembered. */
const MOST_PARENTED = 10_000;

/** Finds the ticket, gate and agent of requests from what hooks and `context set` have written down. */
export class Attributor {
  readonly #home: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #clock: Clock;
  readonly #histories: WatchedFiles<HistoryEvent[]>;
  readonly #contexts = new WatchedFiles(readContextFile);
  /** Nested agents whose parent is written down. */
  readonly #parented = new Set<string>();

  constructor(home: string, env: NodeJS.ProcessEnv, clock: Clock) {
    this.#home = home;
    this.#env = env;
    this.#clock = clock;
    // A session's folder carries its id.
    this.#histories = new WatchedFiles((file) => readHistory(home, path.basename(path.dirname(file))));
  }

  /** Who asks, a teammate under the id that hooks and transcripts have for it. */
  identify(headers: IncomingHttpHeaders): CallerIds {
    const ids = callerIds(headers);
    const { sessionId, agentId } = ids;
    if (sessionId === undefined || agentId === undefined) return ids;
    return { ...ids, agentId: agentOnWire(this.#home, sessionId, agentId) };
  }

  of({ ids, marker, opsDir, project }: AttributeInput): Attribution {
    const attribution = resolve({
      home: this.#home,
      opsDir,
      env: this.#env,
      project,
      sessionId: ids.sessionId,
      agentId: ids.agentId,
      parentAgentId: ids.parentAgentId,
      marker,
      clock: this.#clock,
      history: (session) => this.#histories.get(places.history(this.#home, session)),
      contextFile: (file) => this.#contexts.get(file),
    });
    this.#noteParent(ids);
    if (attribution.attributed_by === 'marker' && attribution.context !== undefined)
      this.#bind(ids, attribution.context);
    return attribution;
  }

  /** What a request says about its agent's parent, hooks and transcripts need too. */
  #noteParent({ sessionId, agentId, parentAgentId }: CallerIds): void {
    if (sessionId === undefined || agentId === undefined || parentAgentId === undefined) return;
    const key = `${sessionId}/${agentId}`;
    if (this.#parented.has(key)) return;
    if (this.#parented.size >= MOST_PARENTED) this.#parented.clear();
    this.#parented.add(key);
    try {
      noteParent(this.#home, { sessionId, agentId, parentAgentId, clock: this.#clock });
    } catch {
      // The transcript's sidecar says it too.
    }
  }

  /** A marker that came with its agent's id is an exact join: it holds when the agent's first message is gone. */
  #bind({ sessionId, agentId }: CallerIds, context: Context): void {
    if (sessionId === undefined || agentId === undefined) return;
    const at = timestamp(this.#clock);
    try {
      const known = agentRecord(this.#home, sessionId, agentId);
      bindAgent(this.#home, sessionId, agentId, { context, by: 'marker', at });
      appendHistoryEvent(this.#home, sessionId, { at: known?.started_at || at, agent_id: agentId, context });
      this.#histories.forget(places.history(this.#home, sessionId));
    } catch {
      // The marker is in the next request too.
    }
  }
}
