import path from 'node:path';
import type { Clock } from '../platform/clock.ts';
import type { BacklogConfig } from '../project/config.ts';
import type { ProjectPaths } from '../project/paths.ts';
import type { GitFacts } from './git-facts.ts';
import { type RepositoryPlace, tryPlumb } from './repository.ts';

/** What every call of a gate stands on. Made by the command from its `io`; tests make their own. */
export interface GateCall {
  readonly paths: ProjectPaths;
  /** The configuration as it is now; which one counts for a ticket, `openWork` says. */
  readonly config: BacklogConfig;
  readonly env: NodeJS.ProcessEnv;
  /** `backlogHome(env)`. */
  readonly home: string;
  readonly clock: Clock;
  readonly caller: GateCaller;
  readonly signal: AbortSignal;
  /** Progress and warnings, to people. */
  readonly note: (text: string) => void;
  /** Asks a person at a terminal; `undefined` where nobody can be asked. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
  /** What git has said in this call. */
  readonly facts: GitFacts;
}

export interface GateCaller {
  readonly insideClaudeCode: boolean;
  readonly sessionId: string | undefined;
  readonly agentId: string | undefined;
  /** One-time token of a hook that let a person decide. */
  readonly stamp: string | undefined;
}

/** git's `user.name` in the project, else the account's name. */
export async function personName({
  paths,
  env,
  facts,
}: Pick<GateCall, 'paths' | 'env'> & Partial<Pick<GateCall, 'facts'>>): Promise<string> {
  const place: RepositoryPlace = { worktree: paths.root, env };
  const known = facts?.userNames.get(paths.root);
  const configured = known ?? (await tryPlumb(place, ['config', 'user.name'])).stdout.trim();
  facts?.userNames.set(paths.root, configured);
  return configured || env.GIT_AUTHOR_NAME || env.USER || env.LOGNAME || 'unknown';
}

/** A project's folder inside a worktree, seen from its root with forward slashes; empty when it is the root. */
export function relativeFolder(worktree: string, folder: string): string {
  return path.relative(worktree, folder).split(path.sep).join('/');
}
