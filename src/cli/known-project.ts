import path from 'node:path';
import type { BacklogConfig } from '../project/config.ts';
import { knownConfig } from '../project/config-cache.ts';
import { CONFIG_FILE, type ProjectPaths, requireProject } from '../project/paths.ts';
import type { Io } from './io.ts';

/**
 * As `openProject`, for commands that have to be instant: an unchanged configuration is not checked again.
 * @throws BacklogError `project-not-found`, `config-invalid` (exit 3)
 */
export async function knownProject(io: Pick<Io, 'cwd' | 'note'>): Promise<{
  readonly paths: ProjectPaths;
  readonly config: BacklogConfig;
}> {
  const paths = requireProject(io.cwd);
  const { config, warnings } = await knownConfig(paths, io.cwd);
  const file = path.relative(io.cwd, paths.configFile) || CONFIG_FILE;
  for (const { line, message } of warnings) io.note(`warning: ${file}:${line}: ${message}`);
  return { paths, config };
}
