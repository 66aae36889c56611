interface Mismatch {
    /** JSON pointer into the answer, `` for the whole of it. */
    readonly path: string;
    readonly message: string;
}
export interface JsonSchema {
    /** As written, to be shown to a model. */
    readonly source: unknown;
    /** What does not fit, at most the first 20; empty when all fits. */
    check(value: unknown): Mismatch[];
}
/**
 * @param file for messages only
 * @throws BacklogError `llm-schema-unsupported` (exit 2) with the place of each keyword that cannot be checked
 */
export declare function compileSchema(source: unknown, file: string): JsonSchema;
export {};
