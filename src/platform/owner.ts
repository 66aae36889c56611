import { readFileSync } from 'node:fs';
import { childProcess } from './child-process.ts';
import { errnoOf } from './errors.ts';

/** A process, told apart from a later one that was given the same number. */
export interface Owner {
  readonly pid: number;
  /** Opaque start time; equal for the same process only. */
  readonly started: string;
}

/** This process. */
export function self(): Owner {
  return ownerOf(process.pid);
}

/** The process that has this number now. */
export function ownerOf(pid: number): Owner {
  return { pid, started: startTime(pid) ?? 'unknown' };
}

/** Whether that very process still runs. A process that may not be signalled is alive, one that has ended and waits to be reaped is not. */
export function isAlive(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (errnoOf(error) === 'ESRCH') return false;
  }
  const started = startTime(owner.pid);
  if (started === ENDED) return false;
  return started === undefined || owner.started === 'unknown' || started === owner.started;
}

/** A zombie: in a container whose first process does not reap, it stays for good. */
const ENDED = 'ended';

/** Linux has it in /proc (field 22, clock ticks since boot; see proc(5)); elsewhere ps tells it to the second. */
function startTime(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The second field is the command in parentheses and may hold spaces itself; the third is the state.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' || fields[0] === 'X' ? ENDED : fields[19];
    } catch {
      return undefined;
    }
  }
  try {
    const [state = '', ...start] = childProcess()
      .execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C' },
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      .trim()
      .split(/\s+/);
    return state.startsWith('Z') ? ENDED : start.join(' ');
  } catch {
    return undefined;
  }
}
