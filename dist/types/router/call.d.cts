import type { AttemptRecord, PriceFunction } from './attempt.cjs';
import type { AttemptSummary } from './attempt-summary.cjs';
import type { Wanted } from './chain.cjs';
import type { JsonSchema } from './json-schema.cjs';
import type { Message, Tier, Usage, World } from './model.cjs';
import type { Script } from './providers/scripted.cjs';
import type { ProviderRegistry } from './registry.cjs';
import type { RouterSettings } from './settings.cjs';
import type { EventSink, TokenUsageHook } from './telemetry.cjs';
import type { Trace } from './trace.cjs';
/** What is asked, whoever answers. */
export interface Ask {
    readonly system?: string | undefined;
    readonly messages: readonly Message[];
    /** Ours, of the whole call; made when it is missing. */
    readonly id?: string | undefined;
    /** Most tokens of the answer; without it the target's own. */
    readonly maxTokens?: number | undefined;
    /** 0 to 2. */
    readonly temperature?: number | undefined;
    readonly schema?: JsonSchema | undefined;
    /** The answer is to be JSON, also without a schema. */
    readonly json?: boolean | undefined;
    /** Of one attempt, ms; without it the provider's own. */
    readonly timeoutMs?: number | undefined;
    /** Fail rather than ask another provider or a dearer tier. */
    readonly noFallback?: boolean | undefined;
    /** `ticket:FEAT-001` and its like. */
    readonly tags: readonly string[];
    /** Of the context; only a script looks at them. */
    readonly gate?: string | undefined;
    readonly agent?: string | undefined;
    /** The caller's own names for what this call belongs to; they stand in traces and events. */
    readonly workPackageId?: string | undefined;
    readonly workspace?: string | undefined;
}
export interface ModelCall extends Ask {
    readonly wanted: Wanted;
}
export interface RouterDeps extends World {
    readonly settings: RouterSettings;
    readonly signal: AbortSignal;
    readonly price: PriceFunction;
    /** Called once for each attempt, failures included. What it throws becomes a note. */
    readonly record: (record: AttemptRecord) => void | Promise<void>;
    /** As `record`, for the trace of an attempt. */
    readonly trace: (trace: Trace) => void | Promise<void>;
    /** One line for people, as things happen. */
    readonly note: (line: string) => void;
    /** Traces carry prompt and answer. */
    readonly includePrompts: boolean;
    /** Answers in memory, for the demo. */
    readonly script?: Script | undefined;
    /** Waits, or rejects when the signal is aborted. For tests that do not want to wait. */
    readonly wait?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
    /** 0 to 1, for the jitter. */
    readonly random?: (() => number) | undefined;
    /** Told of each step, as it happens. */
    readonly events?: EventSink | undefined;
    /** Told of the usage of each answer, also of one that broke its contract. */
    readonly onTokenUsage?: TokenUsageHook | undefined;
    /** Types of providers; without it the built-in ones. */
    readonly registry?: ProviderRegistry | undefined;
}
export interface Answer {
    /** Of the whole call; a trace file begins with it. */
    readonly id: string;
    readonly text: string;
    /** The JSON value, when a schema was given. */
    readonly value: unknown;
    /** As the caller named it. */
    readonly asked: string;
    readonly tier: Tier | null;
    /** The record of the attempt that answered. */
    readonly record: AttemptRecord;
    /** Every attempt, this one included. */
    readonly attempts: readonly AttemptSummary[];
    /** `free` was asked for, and the answer costs money or may do so. */
    readonly paidInsteadOfFree: boolean;
    /** The answer ended at the token limit. */
    readonly cut: boolean;
    /** `undefined` when the provider did not say. */
    readonly usage: Usage | undefined;
    /** The other side's own answer, as it came. */
    readonly raw: unknown;
}
