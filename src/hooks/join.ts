import path from 'node:path';
import { agentRecord, joinByCall, joinTeammate, noteParent } from '../attribution/registry.ts';
import { readTextIfExists } from '../platform/files.ts';
import { projectName } from '../project/name.ts';
import { findProject } from '../project/paths.ts';
import { fieldsOf, type HookInput, textOf } from './input.ts';
import type { HookWorld } from './world.ts';

/** Where the client keeps an agent's rows: beside the session's transcript. */
export function agentTranscriptOf(transcript: string, agentId: string): string {
  return path.join(transcript.replace(/\.jsonl$/, ''), 'subagents', `agent-${agentId}.jsonl`);
}

/** Where it keeps the agent's sidecar. */
export function sidecarOf(transcript: string, agentId: string): string {
  return agentTranscriptOf(transcript, agentId).replace(/\.jsonl$/, '.meta.json');
}

/**
 * Binds the calling agent to its ticket: the sidecar of its transcript names the Agent call, whose marker was kept when it was
 * made. An exact join by ids; two agents that start side by side are never swapped.
 */
export function joinFromSidecar(input: HookInput, world: HookWorld): void {
  if (input.agent_id === undefined || !/^[A-Za-z0-9@._-]{1,128}$/.test(input.agent_id)) return;
  joinAgent(world, {
    sessionId: input.session_id,
    agentId: input.agent_id,
    transcript: input.transcript_path,
    project: nameOfProject(input.cwd),
  });
}

/** Agents are nested this deep at most; it also ends sidecars that turn in a circle. */
const MOST_DEPTH = 16;

export function joinAgent(
  world: HookWorld,
  agent: {
    readonly sessionId: string;
    readonly agentId: string;
    readonly transcript: string;
    readonly project: string;
  },
  depth = 0,
): boolean {
  const { home, clock } = world;
  const sidecar = readTextIfExists(sidecarOf(agent.transcript, agent.agentId));
  if (sidecar === undefined) return false;
  const { sessionId, agentId, project } = agent;
  const fields = fieldsOf(JSON.parse(sidecar));
  const parentAgentId = textOf(fields.parentAgentId);
  // A forked skill has no call of the tool Agent, but it may have a parent, which itself may have shown no tool call to us yet.
  if (parentAgentId !== '' && depth < MOST_DEPTH) {
    noteParent(home, { sessionId, agentId, parentAgentId, clock });
    const parent = agentRecord(home, sessionId, parentAgentId);
    if (!parent?.joined_by) joinAgent(world, { ...agent, agentId: parentAgentId }, depth + 1);
  }
  const [name, team] = [textOf(fields.name), textOf(fields.teamName)];
  if (name !== '' && team !== '')
    joinTeammate(home, { sessionId, agentId, wireId: `${name}@${team}`, clock });
  const toolUseId = textOf(fields.toolUseId);
  if (toolUseId === '') return false;
  return joinByCall(home, { sessionId, agentId, toolUseId, project, clock });
}

/**
 * Whether nobody can say yet who started an agent: an older client writes nothing of a fork's origin, and names it only when
 * the call of the skill has ended.
 */
export function isOfOpenOrigin(
  { home }: HookWorld,
  agent: { readonly sessionId: string; readonly agentId: string; readonly transcript: string },
): boolean {
  const sidecar = readTextIfExists(sidecarOf(agent.transcript, agent.agentId));
  if (sidecar === undefined) return false;
  const fields = fieldsOf(JSON.parse(sidecar));
  if (fields.toolUseId !== undefined || fields.parentAgentId !== undefined || fields.spawnDepth !== undefined)
    return false;
  const known = agentRecord(home, agent.sessionId, agent.agentId);
  return !known?.joined_by && !known?.parent_agent_id;
}

export function nameOfProject(cwd: string): string {
  return projectName(findProject(cwd)?.root ?? cwd).name;
}
