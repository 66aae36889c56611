import path from 'node:path';
import { isInside, realPlace } from '../platform/files.ts';
import { CONFIG_FILE } from '../project/paths.ts';
import type { Guarded } from './guarded.ts';
import type { HookInput } from './input.ts';

/** Folders whose files say what programs run: the client asks for them everywhere, and so does it in a worktree. */
const asked = new Set(['.git', '.claude', '.github', '.husky', '.vscode', '.idea']);

/**
 * Whether a file tool may run unasked: worktrees lie in the user's own folder, where the client would ask for each file. Only
 * for a file that really lies in a worktree of the caller's, and never while the user has the model plan.
 */
export function mayWorkUnasked(
  file: string,
  { cwd, confines }: Pick<Guarded, 'cwd' | 'confines'>,
  { permission_mode: mode }: Pick<HookInput, 'permission_mode'>,
): boolean {
  if (confines === undefined || mode === 'plan' || file === '') return false;
  const real = realPlace(path.resolve(cwd, file));
  const root = confines.apart.find((folder) => isInside(folder, real));
  if (root === undefined) return false;
  const parts = path.relative(root, real).split(path.sep);
  return !parts.some((part) => asked.has(part.toLowerCase())) && !parts.includes(CONFIG_FILE);
}
