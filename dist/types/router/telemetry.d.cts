import type { Attempted } from './attempt.cjs';
import type { Target, Usage } from './model.cjs';
export type RouterEventName = 'policy.choice' | 'policy.fallback' | 'llm.complete.start' | 'llm.complete.success' | 'llm.complete.error';
/** One step of a call. */
export interface RouterEvent {
    readonly event: RouterEventName;
    /** Of the whole call; the same in all its events and traces. */
    readonly requestId: string;
    /** `role`, `provider`, `work_package_id`, `workspace`, and what belongs to the event: see docs/router.md. */
    readonly data: Readonly<Record<string, unknown>>;
}
export interface EventSink {
    emit(event: RouterEvent): void | Promise<void>;
}
/** Whose answer a usage belongs to. */
export interface UsageContext {
    readonly role: string;
    readonly provider: string;
    readonly model: string;
    /** From 1. */
    readonly attempt: number;
    readonly workPackageId: string | undefined;
}
export type TokenUsageHook = (requestId: string, usage: Usage, context: UsageContext) => void | Promise<void>;
/** Tells one hook. Telemetry never fails a call: a hook that throws or hangs costs a note, never an answer. */
export declare function tell(work: () => void | Promise<void>, failed: string, note: (line: string) => void): Promise<void>;
/** The part of a call that each of its events repeats. */
export interface EventSource {
    readonly id: string;
    readonly role: string;
    readonly workPackageId: string | undefined;
    readonly workspace: string | undefined;
}
export declare function eventOf(event: RouterEventName, source: EventSource, data: Readonly<Record<string, unknown>>): RouterEvent;
/** What the start of an attempt says, and its end repeats. */
export declare function startData(target: Target, attempt: number): Readonly<Record<string, unknown>>;
export declare function endEvent(source: EventSource, target: Target, { record, answer, failure }: Attempted): RouterEvent;
