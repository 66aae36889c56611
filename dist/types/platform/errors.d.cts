/** What the process answers to its caller. The table of contracts: docs/errors.md. */
export declare const ExitCode: {
    readonly Ok: 0;
    /** A check said no: invalid ticket, failed gate, hard stop, duplicates found. */
    readonly CheckFailed: 1;
    /** Wrong call: unknown flag, bad value, missing argument. */
    readonly Usage: 2;
    /** No or invalid config, ticket not found, broken ticket file. */
    readonly ProjectUnusable: 3;
    /** Upstream, git, missing binary, timeout. */
    readonly Outside: 4;
    /** A bug in this program. */
    readonly Bug: 70;
    readonly Interrupted: 130;
};
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
export declare class BacklogError extends Error {
    readonly name: string;
    readonly code: string;
    readonly fix: string;
    readonly exitCode: ExitCode;
    readonly file: string | undefined;
    readonly line: number | undefined;
    readonly needsWork: boolean;
    readonly details: Readonly<Record<string, unknown>> | undefined;
    constructor(init: BacklogErrorInit);
}
/** A wrong call (exit 2). */
export declare function usageError(message: string, fix: string, code?: string): BacklogError;
/** `ENOENT` and its like, from whatever was thrown; `undefined` for anything else. */
export declare function errnoOf(error: unknown): string | undefined;
/** One line that says what was thrown. */
export declare function messageOf(error: unknown): string;
