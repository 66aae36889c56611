import { BacklogError, ExitCode } from '../platform/errors.ts';

export interface TicketProblem {
  readonly code: string;
  /** 1-based. */
  readonly line: number;
  /** Without the place, which is put before it. */
  readonly message: string;
  readonly fix: string;
}

/** A file that cannot be used as a ticket (exit 3). The message begins with `file:line`. */
export function ticketProblem(file: string, problem: TicketProblem): BacklogError {
  return new BacklogError({
    code: problem.code,
    message: `${file}:${problem.line}: ${problem.message}`,
    fix: problem.fix,
    exitCode: ExitCode.ProjectUnusable,
    file,
    line: problem.line,
  });
}
