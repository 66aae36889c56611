import { readFileSync } from 'node:fs';
import { childProcess } from './child-process.ts';

/** Words of a process's command line, the program first. */
export type CommandLine = readonly string[];

/** Most processes that are looked at: deeper nesting is a mistake of the system's, not a shell in a shell. */
const MOST = 64;

/**
 * Whether a process from which this one descends fits. Linux has the processes in /proc (proc(5)); elsewhere ps(1) is asked. Where
 * neither tells, the answer is no.
 */
export function hasAncestor(fits: (commandLine: CommandLine) => boolean): boolean {
  const parentOf = process.platform === 'linux' ? fromProc : fromPs();
  let pid = process.ppid;
  for (let depth = 0; pid > 1 && depth < MOST; depth++) {
    const found = parentOf(pid);
    if (found === undefined) return false;
    if (fits(found.commandLine)) return true;
    pid = found.parent;
  }
  return false;
}

interface ProcessFacts {
  readonly parent: number;
  readonly commandLine: CommandLine;
}

function fromProc(pid: number): ProcessFacts | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in parentheses and may hold spaces itself; state and parent follow.
    const [, parent = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return { parent: Number(parent), commandLine: words };
  } catch {
    return undefined;
  }
}

function fromPs(): (pid: number) => ProcessFacts | undefined {
  let rows: string[] = [];
  try {
    const text = childProcess().execFileSync('ps', ['-axo', 'pid=,ppid=,command='], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    rows = text.split('\n');
  } catch {
    // A system without ps: nothing can be told.
  }
  const known = new Map(
    rows.flatMap((row) => {
      const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row) ?? [];
      return pid === undefined
        ? []
        : [[Number(pid), { parent: Number(parent), commandLine: command.split(' ') }] as const];
    }),
  );
  return (pid) => known.get(pid);
}
