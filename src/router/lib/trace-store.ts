import path from 'node:path';
import { findProject } from '../../project/paths.ts';
import { type Trace, writeTrace } from '../trace.ts';

/** Keeps the trace of each attempt. What it throws is reported and costs no answer. */
export interface TraceStore {
  write(trace: Trace): void | Promise<void>;
}

/** One file for each attempt: `<folder>/traces/YYYYMMDD/<request>-<attempt>-<provider>.json` (UTC day, mode 0600). */
export function fileTraceStore(folder: string): TraceStore {
  return {
    write: (trace) => {
      writeTrace(folder, trace);
    },
  };
}

/** Where traces go: the workspace's `.backlog-ops/`, else the project's around `cwd`, else that of `cwd` itself. */
export function traceFolder(place: {
  readonly cwd: string;
  readonly workspace?: string | undefined;
}): string {
  if (place.workspace !== undefined) return path.resolve(place.cwd, place.workspace, '.backlog-ops');
  return findProject(place.cwd)?.opsDir ?? path.resolve(place.cwd, '.backlog-ops');
}
