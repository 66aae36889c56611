import type { Attempted, AttemptRecord } from './attempt.cjs';
import type { Prompt, Target } from './model.cjs';
/** One attempt, to be looked at afterwards. Without prompt, answer and upstream messages, which may quote the prompt. */
export interface Trace {
    readonly v: 1;
    /** Of the whole call; the same for all its attempts. */
    readonly call_id: string;
    /** As the configuration names it. */
    readonly provider_type: string;
    /** What the caller named: a role, a tier or a model. */
    readonly asked: string;
    readonly work_package_id: string | null;
    readonly workspace: string | null;
    readonly record: AttemptRecord;
    readonly tags: readonly string[];
    readonly max_tokens: number | null;
    readonly temperature: number | null;
    readonly schema: boolean;
    readonly context_overflow: boolean;
    readonly prompt_characters: number;
    readonly prompt_sha256: string;
    readonly answer_characters: number | null;
    /** Only when the configuration asks for it (`llmOps.traces.includePrompts`). */
    readonly content?: {
        readonly system: string | null;
        readonly messages: Prompt['messages'];
        readonly answer: string | null;
        readonly failure: string | null;
    };
}
export interface TraceFacts {
    readonly id: string;
    readonly target: Target;
    readonly attempted: Attempted;
    readonly asked: string;
    readonly call: {
        readonly tags: readonly string[];
        readonly workPackageId?: string | undefined;
        readonly workspace?: string | undefined;
    };
    readonly prompt: Prompt;
    readonly includePrompts: boolean;
}
export declare function traceOf({ id, target, attempted, asked, call, prompt, includePrompts }: TraceFacts): Trace;
/**
 * Writes `traces/YYYYMMDD/<call>-<attempt>-<provider>.json` (UTC day, mode 0600) below the project's `.backlog-ops/`, outside
 * a project below the user's own folder.
 * @returns the file
 */
export declare function writeTrace(folder: string, trace: Trace): string;
