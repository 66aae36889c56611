import { type Trace } from '../trace.cjs';
/** Keeps the trace of each attempt. What it throws is reported and costs no answer. */
export interface TraceStore {
    write(trace: Trace): void | Promise<void>;
}
/** One file for each attempt: `<folder>/traces/YYYYMMDD/<request>-<attempt>-<provider>.json` (UTC day, mode 0600). */
export declare function fileTraceStore(folder: string): TraceStore;
/** Where traces go: the workspace's `.backlog-ops/`, else the project's around `cwd`, else that of `cwd` itself. */
export declare function traceFolder(place: {
    readonly cwd: string;
    readonly workspace?: string | undefined;
}): string;
