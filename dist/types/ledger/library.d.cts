import { BacklogError } from '../platform/errors.cjs';
export { loadMorePrices } from './prices.cjs';
/** A request as a program logs it. What is not named here (messages, answers) does not get into the ledger. */
export interface LLMRequestLogEntry {
    /** A UUID is made without one. The same id later (`pending`, then `success`) is the same request. */
    readonly id?: string;
    readonly project_id: string;
    readonly chat_id: string;
    readonly model: string;
    readonly provider?: string;
    readonly status?: 'pending' | 'success' | 'error' | 'timeout';
    /** RFC 3339; now without one. */
    readonly timestamp_start?: string;
    readonly timestamp_end?: string;
    /** Prompt tokens with those from the cache. What is missing of the three follows from the others. */
    readonly usage?: {
        readonly prompt_tokens?: number;
        readonly completion_tokens?: number;
        readonly total_tokens?: number;
    };
    readonly latency_ms?: number;
    readonly timings?: {
        readonly latency_ms?: number;
    };
    readonly http_status?: number;
    readonly error?: {
        readonly code: string;
        readonly message: string;
    } | null;
    readonly ticket_id?: string;
    readonly gate?: string;
}
export interface LogResult {
    readonly id: string;
    readonly logged: true;
    /** `timestamp_start`, RFC 3339 in UTC. */
    readonly timestamp: string;
}
export interface StatsScope {
    readonly type: 'project' | 'chat' | 'global';
    /** For `project` and `chat`. */
    readonly projectId?: string;
    /** For `chat`. */
    readonly chatId?: string;
}
export interface StatsOptions {
    /** Days or RFC 3339 times, both inclusive, on the request's start (UTC). */
    readonly fromDate?: string;
    readonly toDate?: string;
    readonly groupBy?: 'day' | 'week' | 'month' | 'model';
}
export interface Stats {
    readonly scope: StatsScope;
    readonly period: {
        readonly from: string | null;
        readonly to: string | null;
    };
    readonly summary: {
        /** `successfulRequests + failedRequests`. */
        readonly totalRequests: number;
        readonly successfulRequests: number;
        /** All others: errors, time-outs, cancelled and refused ones, and those that were begun and never ended. */
        readonly failedRequests: number;
        /** `promptTokens + completionTokens`. */
        readonly totalTokens: number;
        /** With cache reads and writes. */
        readonly promptTokens: number;
        readonly completionTokens: number;
        /** Over the requests whose latency is known, whole ms; 0 without any. */
        readonly averageLatencyMs: number;
        /** USD, as far as prices are known. */
        readonly estimatedCost: number;
    };
    readonly breakdown: readonly (ModelBreakdown | PeriodBreakdown)[];
    readonly models: Readonly<Record<string, Omit<ModelBreakdown, 'model'>>>;
    /** Lines of the ledger that could not be read; they are missing above. */
    readonly badLines: number;
}
export interface ModelBreakdown {
    readonly model: string;
    readonly requests: number;
    readonly tokens: number;
    readonly averageLatencyMs: number;
}
export interface PeriodBreakdown {
    /** `2026-11-21`, `2026-W47` or `2026-11`. */
    readonly period: string;
    readonly requests: number;
    readonly tokens: number;
    readonly successfulRequests: number;
    readonly failedRequests: number;
}
/** Where the ledger is: in the project around `cwd` (the working directory without it), or `ledger` itself. */
export interface LedgerPlace {
    readonly cwd?: string;
    readonly ledger?: string;
}
/** A value that breaks a rule of the call; nothing was written. */
export declare class ValidationError extends BacklogError {
    constructor(code: string, message: string, fix: string);
}
/** There is no project whose ledger could be meant. */
export declare class NotFoundError extends BacklogError {
}
/** The ledger cannot be written. */
export declare class FileSystemError extends BacklogError {
}
/**
 * Writes one request into the ledger of the project around the working directory. The entry is not changed.
 * @throws ValidationError `invalid-project-id`, `invalid-chat-id`, `invalid-model`, `invalid-status`, `invalid-time`, `invalid-usage`, `invalid-http-status`
 * @throws NotFoundError `project-not-found`
 * @throws FileSystemError `ledger-write-failed`, after a second try
 */
export declare function logLLMRequest(entry: LLMRequestLogEntry, place?: LedgerPlace): LogResult;
/**
 * Counts the requests of a scope. A project or chat that nobody knows has none; without a ledger there are none.
 * @throws ValidationError `invalid-scope`, `invalid-project-id`, `invalid-chat-id`, `invalid-time`, `invalid-group-by`
 * @throws BacklogError `ledger-read-failed`
 */
export declare function getStats(scope: StatsScope, options?: StatsOptions, place?: LedgerPlace): Stats;
