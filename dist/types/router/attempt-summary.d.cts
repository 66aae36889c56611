import type { Attempted, AttemptRecord } from './attempt.cjs';
/** One attempt as the caller sees it, in the answer and in the error. */
export interface AttemptSummary {
    readonly attempt: number;
    readonly provider: string;
    readonly model: string;
    readonly status: AttemptRecord['status'];
    readonly failure_type: AttemptRecord['failure_type'];
    readonly http_status: number | null;
    readonly latency_ms: number;
    readonly cost_usd: number | null;
    readonly message: string | null;
}
export declare function summaryOf({ record, failure }: Attempted): AttemptSummary;
