/** What the process answers to its caller. The table of contracts: docs/errors.md. */
export const ExitCode = {
  Ok: 0,
  /** A check said no: invalid ticket, failed gate, hard stop, duplicates found. */
  CheckFailed: 1,
  /** Wrong call: unknown flag, bad value, missing argument. */
  Usage: 2,
  /** No or invalid config, ticket not found, broken ticket file. */
  ProjectUnusable: 3,
  /** Upstream, git, missing binary, timeout. */
  Outside: 4,
  /** A bug in this program. */
  Bug: 70,
  Interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export interface ErrorPlace {
  /** Path as the user would type it. */
  readonly file?: string | undefined;
  /** 1-based. */
  readonly line?: number | undefined;
}

export interface BacklogErrorInit extends ErrorPlace {
  /** Kebab-case, stable, listed in docs/errors.md. */
  readonly code: string;
  /** What is wrong and where, one sentence without a final full stop. */
  readonly message: string;
  /** The command or edit that mends it. */
  readonly fix: string;
  readonly exitCode: ExitCode;
  readonly cause?: unknown;
  /** Something is left that somebody has to mend: it is said to whoever has interrupted the command, too. */
  readonly needsWork?: true;
  /** Further fields of the `--json` document, for callers that act on them. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** A failure that the program expected: it has a name, a place, and a way out. Everything else is a bug (exit 70). */
export class BacklogError extends Error {
  override readonly name: string = 'BacklogError';
  readonly code: string;
  readonly fix: string;
  readonly exitCode: ExitCode;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly needsWork: boolean;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(init: BacklogErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = init.code;
    this.fix = init.fix;
    this.exitCode = init.exitCode;
    this.file = init.file;
    this.line = init.line;
    this.needsWork = init.needsWork ?? false;
    this.details = init.details;
  }
}

/** A wrong call (exit 2). */
export function usageError(message: string, fix: string, code = 'usage'): BacklogError {
  return new BacklogError({ code, message, fix, exitCode: ExitCode.Usage });
}

/** `ENOENT` and its like, from whatever was thrown; `undefined` for anything else. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** One line that says what was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
