import type { Watch } from '../platform/watch.ts';
import type { BacklogConfig } from '../project/config.ts';
import type { ProjectPaths } from '../project/paths.ts';
import { type Backlog, needsLibrary, readBacklog } from './backlog.ts';

/** As `openBacklog`, for commands that read many tickets: the YAML library is loaded only when a file needs it. */
export async function loadBacklog(
  paths: ProjectPaths,
  config: BacklogConfig,
  watch?: Watch,
): Promise<Backlog> {
  const backlog = readBacklog(paths, config, undefined, watch);
  if (backlog !== needsLibrary) return backlog;
  const { readFields } = await import('./front-matter.ts');
  return readBacklog(paths, config, readFields, watch);
}
