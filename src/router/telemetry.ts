import { messageOf } from '../platform/errors.ts';
import type { Attempted } from './attempt.ts';
import type { Target, Usage } from './model.ts';

/** A hook that takes longer, ms, is left behind: an answer does not wait for a sink that hangs. */
const HOOK_MS = 5_000;

export type RouterEventName =
  | 'policy.choice'
  | 'policy.fallback'
  | 'llm.complete.start'
  | 'llm.complete.success'
  | 'llm.complete.error';

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
export async function tell(
  work: () => void | Promise<void>,
  failed: string,
  note: (line: string) => void,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no end after ${HOOK_MS / 1000} s`)), HOOK_MS);
    });
    await Promise.race([work(), late]);
  } catch (error) {
    note(`warning: ${failed}: ${messageOf(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

/** The part of a call that each of its events repeats. */
export interface EventSource {
  readonly id: string;
  readonly role: string;
  readonly workPackageId: string | undefined;
  readonly workspace: string | undefined;
}

export function eventOf(
  event: RouterEventName,
  source: EventSource,
  data: Readonly<Record<string, unknown>>,
): RouterEvent {
  return {
    event,
    requestId: source.id,
    data: {
      request_id: source.id,
      role: source.role,
      work_package_id: source.workPackageId ?? null,
      workspace: source.workspace ?? null,
      ...data,
    },
  };
}

/** What the start of an attempt says, and its end repeats. */
export function startData(target: Target, attempt: number): Readonly<Record<string, unknown>> {
  return { provider: target.provider.name, model: target.model, attempt };
}

export function endEvent(
  source: EventSource,
  target: Target,
  { record, answer, failure }: Attempted,
): RouterEvent {
  const data = {
    ...startData(target, record.attempt),
    model: record.model,
    elapsed_ms: record.latency_ms,
    usage: answer?.usage ?? null,
    cost_usd: record.cost_usd,
  };
  return failure === undefined
    ? eventOf('llm.complete.success', source, data)
    : eventOf('llm.complete.error', source, {
        ...data,
        failure_type: failure.failureType,
        error: failure.message,
      });
}
