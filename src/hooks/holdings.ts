import path from 'node:path';
import { agentRecord } from '../attribution/registry.ts';
import { type Claim, leaseState, readClaims } from '../gates/claims.ts';
import { isInside, realPlace } from '../platform/files.ts';
import { findProject, type ProjectPaths } from '../project/paths.ts';
import type { HookInput } from './input.ts';
import type { HookWorld } from './world.ts';

/** What the caller of a hook works on. */
export interface Holdings {
  readonly project: ProjectPaths;
  /** Tickets that somebody works on, the caller or another. */
  readonly claims: readonly Claim[];
  /** Those that the caller's session holds, or in whose worktree it stands. */
  readonly mine: readonly Claim[];
  /** A claim could not be read: it may be the caller's. */
  readonly broken: boolean;
  /** The ticket of a subagent, by the marker of its prompt or that of the agent that started it. */
  readonly ticketId: string | undefined;
}

/**
 * A session may stand in another folder for a while, also in one that is a project itself; what it holds is mostly in the
 * project that it was opened in.
 * @returns `undefined` outside a project
 */
export function holdingsOf(
  input: Pick<HookInput, 'cwd' | 'session_id' | 'agent_id'>,
  world: Pick<HookWorld, 'clock' | 'env' | 'home'>,
): Holdings | undefined {
  const here = findProject(input.cwd);
  const opened = projectOf(world.env.CLAUDE_PROJECT_DIR);
  const found = here && holdingsIn(here, input, world);
  if (opened === undefined || opened.opsDir === here?.opsDir || found?.broken || found?.mine.length)
    return found;
  const there = holdingsIn(opened, input, world);
  return found === undefined || there.mine.length > 0 ? there : found;
}

function holdingsIn(
  project: ProjectPaths,
  input: Pick<HookInput, 'cwd' | 'session_id' | 'agent_id'>,
  { clock, home }: Pick<HookWorld, 'clock' | 'home'>,
): Holdings {
  const { claims, broken } = readClaims(project.opsDir);
  const held = claims.filter((claim) => claim.owner !== null && leaseState(claim, clock()) !== 'expired');
  const here = realPlace(input.cwd);
  const mine = held.filter(
    (claim) =>
      claim.session_id === input.session_id ||
      (hasOwnWorktree(claim, project) && isInside(worktreeOf(claim), here)),
  );
  const ticketId =
    input.agent_id === undefined ? undefined : ticketOf(home, input.session_id, input.agent_id);
  return { project, claims: held, mine, broken: broken.length > 0, ticketId };
}

/** The work happens in a worktree of its own, not in the project's main one. */
export function hasOwnWorktree(claim: Claim, { mainRoot }: ProjectPaths): boolean {
  return !isInside(worktreeOf(claim), realPlace(mainRoot));
}

/** Where a claim's worktree really is. */
export function worktreeOf(claim: Claim): string {
  return realPlace(path.resolve(claim.worktree));
}

/** Agents are nested this deep at most; it also ends a registry that turns in a circle. */
const MOST_DEPTH = 16;

function ticketOf(home: string, session: string, agentId: string): string | undefined {
  let agent: string | null = agentId;
  for (let depth = 0; agent !== null && depth < MOST_DEPTH; depth += 1) {
    const record = agentRecord(home, session, agent);
    const ticket = record?.context?.ticket_id;
    if (ticket !== undefined && ticket !== '') return ticket;
    agent = record?.parent_agent_id ?? null;
  }
  return undefined;
}

function projectOf(folder: string | undefined): ProjectPaths | undefined {
  return folder ? findProject(folder) : undefined;
}
