import { FailureType } from '../failure.cjs';
import type { Provider, Usage } from '../model.cjs';
/** One prepared answer. All conditions of `match` must hold; without any it fits every prompt. */
export interface ScriptedAnswer {
    readonly match?: {
        readonly gate?: string | undefined;
        readonly agent?: string | undefined;
        /** Text that stands in the system prompt or in a message. */
        readonly contains?: string | undefined;
    };
    readonly text: string;
    /** Without it, a quarter of the characters. */
    readonly usage?: Partial<Usage> | undefined;
    readonly model?: string | undefined;
    readonly delayMs?: number | undefined;
    readonly failure?: ScriptedFailure | undefined;
}
interface ScriptedFailure {
    readonly type: FailureType;
    readonly message?: string | undefined;
    readonly httpStatus?: number | undefined;
    readonly retryAfterMs?: number | undefined;
    readonly contextOverflow?: boolean | undefined;
}
export interface Script {
    readonly answers: readonly ScriptedAnswer[];
}
/**
 * Answers from a script, for the demo and for tests: no network, the same every time. Answers that match a prompt are
 * given in their order, each once; the last one that matches is given again.
 */
export declare function scriptedProvider(name: string, script: Script): Provider;
/**
 * Reads a script file: `{"answers": [{"match"?, "text", "usage"?, "model"?, "delayMs"?, "failure"?}]}`.
 * @throws BacklogError `llm-script-invalid` (exit 3)
 */
export declare function readScript(file: string): Script;
export {};
