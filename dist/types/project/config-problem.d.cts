/** One thing that is wrong with a configuration, or without effect in it. */
export interface ConfigProblem {
    /** `qualityGates.testCommand`, `reviewPipeline.reviewers[0].name`; `(document)` for the whole of it. */
    readonly path: string;
    /** 1-based. */
    readonly line: number;
    /** A whole sentence about `path`, which it names. */
    readonly message: string;
    /** The edit that mends it. */
    readonly fix: string;
}
