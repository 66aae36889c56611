import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { BacklogError, ExitCode, messageOf } from '../platform/errors.ts';
import {
  type Attempted,
  type AttemptRecord,
  attemptOnce,
  type PriceFunction,
  promptTokens,
} from './attempt.ts';
import { type Chain, chainFor, type Wanted } from './chain.ts';
import { isFinal, ModelFailure } from './failure.ts';
import type { JsonSchema } from './json-schema.ts';
import type { Message, Prompt, Target, Tier, World } from './model.ts';
import { providerShelf } from './open-provider.ts';
import { type AttemptSummary, failureLine, giveUp, referenceOf, summaryOf } from './outcome.ts';
import type { Script } from './providers/scripted.ts';
import type { RouterSettings } from './settings.ts';
import { withSchema } from './structured.ts';
import { type Trace, traceOf } from './trace.ts';

/** Longest wait for a rate limit, ms: a user is waiting, and there may be another target. */
const MAX_WAIT_MS = 30_000;
const BACKOFF_MS = 1_000;
/** Ollama's default context on most machines (docs/faq: below 24 GiB of video memory). */
const OLLAMA_USUAL_CONTEXT = 4096;

export interface ModelCall {
  readonly wanted: Wanted;
  readonly system?: string | undefined;
  readonly messages: readonly Message[];
  /** Most tokens of the answer. */
  readonly maxTokens: number;
  /** 0 to 2. */
  readonly temperature?: number | undefined;
  readonly schema?: JsonSchema | undefined;
  /** Of one attempt, ms; without it the provider's own. */
  readonly timeoutMs?: number | undefined;
  /** Fail rather than ask another provider or a dearer tier. */
  readonly noFallback?: boolean | undefined;
  /** `ticket:FEAT-001` and its like. */
  readonly tags: readonly string[];
  /** Of the context; only a script looks at them. */
  readonly gate?: string | undefined;
  readonly agent?: string | undefined;
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
}

/**
 * Asks the targets of a chain one after the other until one answers. Each attempt is recorded and traced; telemetry that
 * fails never takes an answer away.
 * @throws BacklogError `llm-<failure type>` (exit 4; 130 when cancelled), and what `chainFor` throws
 */
export async function callModel(call: ModelCall, deps: RouterDeps): Promise<Answer> {
  const provider = providerShelf(deps);
  const scripted = deps.script !== undefined;
  const chain = await chainFor(call.wanted, call.noFallback ?? false, { ...deps, provider, scripted });
  const prompt = promptOf(call);
  const id = randomUUID();
  const summaries: AttemptSummary[] = [];
  let targets = chain.targets;
  let before: Target | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const [target, ...rest] = targets;
    if (target === undefined) throw new Error('a chain without targets was let through');
    refuseDearer(chain, target, call);
    noteSilentCut(target, prompt, deps);
    const attempted = await attemptOnce(
      {
        target,
        prompt,
        schema: call.schema,
        tags: call.tags,
        gate: call.gate,
        agent: call.agent,
        tier: chain.tier,
        attempt,
        fallbackFrom: fallbackFrom(chain, target, before),
        noFallback: call.noFallback ?? false,
        timeoutMs: call.timeoutMs,
      },
      deps,
    );
    summaries.push(summaryOf(attempted));
    await tell(() => deps.record(attempted.record), 'the usage ledger', deps);
    const includePrompts = deps.includePrompts;
    await tell(
      () => deps.trace(traceOf({ id, target, attempted, call, prompt, includePrompts })),
      'the trace file',
      deps,
    );
    if (attempted.failure === undefined) return answerOf(id, chain, attempted, call, summaries);
    const next = nextTargets(attempted.failure, target, rest, chain);
    if (next.length === 0)
      throw giveUp(attempted.failure, target, chain, call.noFallback ?? false, summaries);
    deps.note(`note: ${failureLine(attempted.failure, target)}; going on to ${referenceOf(next[0])}`);
    await backOff(attempted.failure, attempt, deps, { target, chain, call, summaries });
    before = target;
    targets = next;
  }
}

function promptOf(call: ModelCall): Prompt {
  return {
    system: call.schema === undefined ? call.system : withSchema(call.system, call.schema),
    messages: call.messages,
    maxTokens: call.maxTokens,
    temperature: call.temperature,
    schema: call.schema?.source,
  };
}

/** What the answer is a stand-in for: the target that failed before it, or the tier that has nothing of its own. */
function fallbackFrom(chain: Chain, target: Target, before: Target | undefined): string | null {
  if (before !== undefined) return referenceOf(before);
  return chain.tier !== undefined && target.tier !== undefined && target.tier !== chain.tier
    ? chain.tier
    : null;
}

function refuseDearer(chain: Chain, target: Target, call: ModelCall): void {
  if (!call.noFallback || fallbackFrom(chain, target, undefined) === null) return;
  throw new BacklogError({
    code: 'llm-fallback-refused',
    message: `nothing answers "${chain.asked}" here, and --no-fallback forbids ${referenceOf(target)}`,
    fix: 'install Ollama and run `ollama pull qwen3:8b` for a free model, or leave --no-fallback out',
    exitCode: ExitCode.Outside,
  });
}

function noteSilentCut(target: Target, prompt: Prompt, deps: RouterDeps): void {
  const { provider } = target;
  if (provider.name !== 'ollama' || provider.contextTokens !== undefined) return;
  if (promptTokens(prompt) > OLLAMA_USUAL_CONTEXT)
    deps.note(
      `note: the prompt has about ${promptTokens(prompt)} tokens, and Ollama cuts what does not fit without a word; set OLLAMA_CONTEXT_LENGTH to what yours has`,
    );
}

/** A prompt that did not fit `free` goes to `cheap` and no further; everything else takes the chain as it is. */
function nextTargets(
  failure: ModelFailure,
  target: Target,
  rest: readonly Target[],
  chain: Chain,
): readonly Target[] {
  if (isFinal(failure)) return [];
  if (!failure.contextOverflow || chain.tier === undefined) return rest;
  return target.tier === 'free' ? rest.filter(({ tier }) => tier === 'cheap') : [];
}

interface Story {
  readonly target: Target;
  readonly chain: Chain;
  readonly call: ModelCall;
  readonly summaries: readonly AttemptSummary[];
}

/** Waits for a rate limit: as long as the provider says, else ever longer, each time a little differently. */
async function backOff(
  failure: ModelFailure,
  attempt: number,
  deps: RouterDeps,
  { target, chain, call, summaries }: Story,
): Promise<void> {
  if (failure.type !== 'rate-limit') return;
  const jittered = BACKOFF_MS * 2 ** (attempt - 1) * (0.5 + (deps.random ?? Math.random)() / 2);
  const ms = Math.min(failure.retryAfterMs ?? jittered, MAX_WAIT_MS);
  const wait = deps.wait ?? ((time, signal) => sleep(time, undefined, { signal }));
  try {
    await wait(ms, deps.signal);
  } catch (error) {
    if (!deps.signal.aborted) throw error;
    const stopped = new ModelFailure({
      type: 'cancelled',
      message: 'cancelled while waiting for a rate limit',
    });
    throw giveUp(stopped, target, chain, call.noFallback ?? false, summaries);
  }
}

/** Telemetry never fails a call: a full disk costs a note, not an answer that was paid for. */
async function tell(work: () => void | Promise<void>, what: string, deps: RouterDeps): Promise<void> {
  try {
    await work();
  } catch (error) {
    deps.note(`warning: ${what} was not written: ${messageOf(error)}`);
  }
}

function answerOf(
  id: string,
  chain: Chain,
  attempted: Attempted,
  call: ModelCall,
  attempts: readonly AttemptSummary[],
): Answer {
  const { record, answer, text, value } = attempted;
  if (call.noFallback && answer?.fellBack) {
    throw new BacklogError({
      code: 'llm-fallback-refused',
      message: `${record.provider} answered with ${record.model} instead of ${record.requested_model}, and --no-fallback forbids it; the answer is paid and thrown away`,
      fix: `take the fallbacks of ${record.requested_model} out of the proxy's configuration, or leave --no-fallback out`,
      exitCode: ExitCode.Outside,
      details: { attempts },
    });
  }
  const free = answer?.local === true || record.price_source === 'demo';
  return {
    id,
    text,
    value,
    asked: chain.asked,
    tier: chain.tier ?? null,
    record,
    attempts,
    paidInsteadOfFree: chain.tier === 'free' && !free && record.cost_usd !== 0,
    cut: answer?.cut ?? false,
  };
}
