import path from 'node:path';
import { readTextIfExists } from '../platform/files.ts';
import type { ProjectPaths } from './paths.ts';

/** Where a project's tickets lie when its configuration says nothing else. */
const DEFAULT = 'backlog/data';

/**
 * The folder of the project's tickets, in the main worktree: `backlog.dataDir` of the configuration, else `backlog/data`.
 * Asks nothing else of the configuration and loads no schema: hooks call it before each tool. Never throws.
 */
export function dataDirOf({ configFile, mainRoot }: Pick<ProjectPaths, 'configFile' | 'mainRoot'>): string {
  return path.resolve(mainRoot, configured(configFile) ?? DEFAULT);
}

function configured(configFile: string): string | undefined {
  try {
    const config: unknown = JSON.parse((readTextIfExists(configFile) ?? '').replace(/^\uFEFF/, ''));
    const backlog = fieldOf(config, 'backlog');
    const dir = fieldOf(backlog, 'dataDir');
    return typeof dir === 'string' && dir !== '' ? dir : undefined;
  } catch {
    // A broken configuration is `backlog`'s to report; here the usual folder is the best guess.
    return undefined;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value))[name]
    : undefined;
}
