import path from 'node:path';
import { type BacklogConfig, loadConfig } from '../project/config.ts';
import { CONFIG_FILE, type ProjectPaths, requireProject } from '../project/paths.ts';
import type { Io } from './io.ts';

/**
 * The project of a call with its configuration; what the configuration warns of is said on stderr.
 * @throws BacklogError `project-not-found`, `config-invalid` (exit 3)
 */
export function openProject(io: Pick<Io, 'cwd' | 'note'>): {
  readonly paths: ProjectPaths;
  readonly config: BacklogConfig;
} {
  const paths = requireProject(io.cwd);
  const { config, warnings } = loadConfig(paths, io.cwd);
  const file = path.relative(io.cwd, paths.configFile) || CONFIG_FILE;
  for (const { line, message } of warnings) io.note(`warning: ${file}:${line}: ${message}`);
  return { paths, config };
}
