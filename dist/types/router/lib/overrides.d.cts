import type { RequestOverrides } from './policy.cjs';
export interface CallOptions extends RequestOverrides {
    /** JSON Schema that the answer must match; an answer that does not is a contract violation, and is not asked for again. */
    readonly schema?: unknown;
    /** Ends the call: the request, or the program with its process group. */
    readonly signal?: AbortSignal | undefined;
    /** Without it a UUID. */
    readonly requestId?: string | undefined;
    /** A folder; traces go below its `.backlog-ops/`. */
    readonly workspace?: string | undefined;
    /** The caller's own name for what this call belongs to; it stands in events and traces. */
    readonly workPackageId?: string | undefined;
    /** `ticket:FEAT-001` and its like; they are sent to LiteLLM and to this machine only. */
    readonly tags?: readonly string[] | undefined;
}
/**
 * The options of a call in this library's spelling; the configuration's (`json_mode`) is read too.
 * @throws BacklogError `llm-override-invalid` (exit 2)
 */
export declare function checkedOverrides(given: object): CallOptions;
