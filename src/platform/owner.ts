import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process, told apart from a later one that was given the same number. */
export interface Owner {
  readonly pid: number;
  /** Opaque start time; equal for the same process only. */
  readonly started: string;
}

/** This process. */
export function self(): Owner {
  return { pid: process.pid, started: startTime(process.pid) ?? 'unknown' };
}

/** Whether that very process still runs. A process that may not be signalled is alive. */
export function isAlive(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
  }
  const started = startTime(owner.pid);
  return started === undefined || owner.started === 'unknown' || started === owner.started;
}

/** Linux has it in /proc (field 22, clock ticks since boot; see proc(5)); elsewhere ps tells it to the second. */
function startTime(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The second field is the command in parentheses and may hold spaces itself.
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    } catch {
      return undefined;
    }
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}
