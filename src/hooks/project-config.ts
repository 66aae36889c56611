import { type BacklogConfig, loadConfig } from '../project/config.ts';
import type { ProjectPaths } from '../project/paths.ts';

/** The configuration as the readers of transcripts need it: a broken one costs its settings, never a record. */
export function configOf(project: ProjectPaths | undefined): BacklogConfig | undefined {
  try {
    return project && loadConfig(project).config;
  } catch {
    return undefined;
  }
}
