import { tmpdir } from 'node:os';
import path from 'node:path';
import { isInside, realPlace } from '../platform/files.ts';
import { worktreeRoot } from '../project/paths.ts';
import { hasOpenWave } from '../waves/open-wave-of.ts';
import { type Holdings, hasOwnWorktree, worktreeOf } from './holdings.ts';
import type { HookInput } from './input.ts';

/** Where somebody who works on tickets in worktrees of their own may write. Every path is a real one. */
export interface Confines {
  /** Roots of the worktrees; none when the wave's tickets are all merged. */
  readonly roots: readonly string[];
  /** Those of `roots` that are worktrees of a ticket's own, held by the caller's session itself. */
  readonly apart: readonly string[];
  /** All worktrees of the repository that are known: even below the temp folder they are no scratch space. */
  readonly repository: readonly string[];
  /** Temp folders, and what the client keeps for its own model. */
  readonly scratch: readonly string[];
  /** The tickets in words. */
  readonly tickets: string;
}

/**
 * An agent works in its ticket's worktree; the session that leads a wave in any of its worktrees, and in the main one only
 * for a ticket that it holds there.
 * @returns `undefined` when nothing is worked on in a worktree of its own: then the checkout is the place of work
 */
export function confinesOf(
  holdings: Holdings,
  input: Pick<HookInput, 'session_id'>,
  env: NodeJS.ProcessEnv,
): Confines | undefined {
  const { project, claims, mine, ticketId } = holdings;
  const main = realPlace(worktreeRoot(project.mainRoot) ?? project.mainRoot);
  const own = mine.filter((claim) => claim.ticket_id === ticketId);
  const workedOn = own.length > 0 ? own : mine;
  const apart = workedOn.filter((claim) => hasOwnWorktree(claim, project));
  if (apart.length === 0 && (own.length > 0 || !hasOpenWave(project.opsDir, input.session_id)))
    return undefined;
  return {
    roots: workedOn.map(worktreeOf),
    apart: apart.filter(({ session_id }) => session_id === input.session_id).map(worktreeOf),
    repository: [main, ...claims.map(worktreeOf)],
    scratch: scratchFolders(env),
    tickets: workedOn.map((claim) => claim.ticket_id).join(', '),
  };
}

/** @param real where the path leads, links followed */
export function isOutside(real: string, { roots, repository, scratch }: Confines): boolean {
  if (roots.some((root) => isInside(root, real))) return false;
  if (repository.some((root) => isInside(root, real))) return true;
  return !scratch.some((folder) => isInside(folder, real)) && !isOfClient(real);
}

export function confinedHint({ roots, tickets }: Confines): string {
  const [root] = roots;
  if (root === undefined)
    return 'a wave is open, and none of its tickets is worked on here any more: code is not written outside their worktrees. `backlog wave end` closes the wave.';
  const where = roots.length === 1 ? `the worktree of ${tickets}` : `the worktrees of ${tickets}`;
  return `this writes outside ${where}: work in ${roots.join(' or ')} (\`cd ${root}\` first), or in the temp folder. Tickets and other books are changed by \`backlog\`.`;
}

function scratchFolders(env: NodeJS.ProcessEnv): string[] {
  const named = [tmpdir(), '/tmp', env.TMPDIR, env.CLAUDE_CODE_TMPDIR].filter(
    (folder): folder is string => folder !== undefined && path.isAbsolute(folder),
  );
  return [...new Set([...named.map(realPlace), '/dev'])];
}

/** What the client has its model write for itself: plans, and notes on the project. */
function isOfClient(real: string): boolean {
  return /\/\.claude\/(?:plans|projects\/[^/]+\/memory)\//.test(real.split(path.sep).join('/'));
}
