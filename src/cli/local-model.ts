import path from 'node:path';
import type { BacklogConfig } from '../project/config.ts';
import type { ProjectPaths } from '../project/paths.ts';
import { type LocalModel, localModel } from '../router/local-model.ts';
import type { Io } from './io.ts';

/** Asks whether `free` is answered on this machine; the answer is kept in `.backlog-ops/cache/` for a minute. */
export function askLocalModel(
  io: Io,
  { paths, config }: { readonly paths: ProjectPaths; readonly config: BacklogConfig },
): Promise<LocalModel> {
  const { env, clock, signal } = io;
  return localModel(
    { fetch: globalThis.fetch, env, clock, signal, settings: config.llmOps },
    path.join(paths.opsDir, 'cache'),
  );
}
