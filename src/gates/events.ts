import path from 'node:path';
import { childProcess } from '../platform/child-process.ts';
import { appendLine } from '../platform/files.ts';
import { runInGroup } from '../platform/process.ts';
import type { BudgetName, BudgetUnit } from '../project/budgets.ts';
import type { BacklogConfig } from '../project/config.ts';
import { installRoot } from '../project/install-root.ts';
import type { ProjectPaths } from '../project/paths.ts';

/** What `events.command` is told of, one JSON document a time. */
export type BacklogEvent = {
  /** RFC 3339, UTC. */
  readonly at: string;
} & (
  | { readonly event: 'blocked' | 'budget'; readonly ticket_id: string; readonly status: string }
  | {
      readonly event: 'budget';
      readonly budget: BudgetName;
      /** The day, month or session. */
      readonly id: string;
      /** What `limit` and `spent` are in. */
      readonly unit: BudgetUnit;
      readonly limit: number;
      readonly spent: number;
    }
  | {
      readonly event: 'done';
      readonly ticket_id: string;
      readonly commit: string;
      /** What is known of it, USD. */
      readonly cost_usd: number;
    }
  | {
      readonly event: 'wave';
      readonly phase: 'started';
      readonly wave: number;
      readonly tickets: readonly string[];
    }
  | {
      readonly event: 'wave';
      readonly phase: 'ended';
      readonly wave: number;
      readonly completed: readonly string[];
      readonly unfinished: readonly string[];
    }
);

/** Where an event happens. */
export interface EventPlace {
  readonly paths: ProjectPaths;
  readonly config: Pick<BacklogConfig, 'events' | 'project'>;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** How long the command may take, in ms. */
const LIMIT_MS = 30_000;

/**
 * Tells `events.command`, if there is one, in a process of its own: the call goes on at once, and whatever becomes of the
 * command, the call does not fail for it. Failures are lines of `.backlog-ops/events.log`.
 */
export function sendEvent({ paths, config, env }: EventPlace, event: BacklogEvent): void {
  if (config.events.command === undefined) return;
  const text = JSON.stringify({ v: 1, project: config.project.name, ...event });
  const child = childProcess().spawn(path.join(installRoot(), 'bin', 'backlog'), ['events', 'run', text], {
    cwd: paths.mainRoot,
    ...(env === undefined ? {} : { env }),
    detached: true,
    stdio: 'ignore',
  });
  child.on('error', (error) => logFailure(paths, event.event, error.message));
  child.unref();
}

/** Runs the command with the event as its last argument: no shell, nothing is interpreted. */
export async function runEventCommand(
  { paths, config, env = {} }: EventPlace,
  text: string,
  signal: AbortSignal,
): Promise<void> {
  const [file, ...args] = [config.events.command ?? []].flat();
  if (file === undefined) return;
  const result = await runInGroup(file, [...args, text], {
    cwd: paths.mainRoot,
    env,
    timeoutMs: LIMIT_MS,
    signal,
  });
  if (result.exitCode === 0) return;
  const why =
    result.startFailure ??
    (result.timedOut
      ? `it took longer than ${LIMIT_MS / 1000} s and was ended`
      : `exit ${result.exitCode ?? result.signal}: ${result.stderr.trim()}`);
  logFailure(paths, file, why);
}

function logFailure({ opsDir }: ProjectPaths, what: string, why: string): void {
  const line = `${new Date().toISOString()} ${what}: ${why}`.replace(/\s+/g, ' ').slice(0, 1000);
  appendLine(path.join(opsDir, 'events.log'), line);
}
