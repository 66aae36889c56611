import { BacklogError, ExitCode } from '../platform/errors.ts';
import { type Attempted, attemptOnce, promptTokens } from './attempt.ts';
import { type AttemptSummary, summaryOf } from './attempt-summary.ts';
import { backOff } from './back-off.ts';
import type { Answer, Ask, RouterDeps } from './call.ts';
import type { Chain } from './chain.ts';
import { asFailure, isFinal, type LlmRouterError } from './failure.ts';
import type { Prompt, Target } from './model.ts';
import { failureLine, giveUp, referenceOf } from './outcome.ts';
import { withJsonRule } from './structured.ts';
import { type EventSource, endEvent, eventOf, startData, tell } from './telemetry.ts';
import { traceOf } from './trace.ts';

/** Ollama's default context on most machines (docs/faq: below 24 GiB of video memory). */
const OLLAMA_USUAL_CONTEXT = 4096;

/** A call with its id. */
type Walk = Ask & { readonly id: string };

/**
 * Asks the targets of a chain one after the other until one answers. Each attempt is recorded, traced and told of;
 * telemetry that fails never takes an answer away.
 * @throws BacklogError `llm-<failure type>` (exit 4; 130 when cancelled)
 */
export async function walkChain(call: Walk, chain: Chain, deps: RouterDeps): Promise<Answer> {
  const source: EventSource = {
    id: call.id,
    role: chain.asked,
    workPackageId: call.workPackageId,
    workspace: call.workspace,
  };
  const emit = (event: Parameters<NonNullable<typeof deps.events>['emit']>[0]) =>
    deps.events === undefined
      ? Promise.resolve()
      : tell(() => deps.events?.emit(event), `the event sink failed on ${event.event}`, deps.note);
  const summaries: AttemptSummary[] = [];
  const stop = (failure: LlmRouterError, target: Target) =>
    giveUp(failure, target, chain, call.noFallback ?? false, summaries);
  let targets = chain.targets;
  let before: Target | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const [target, ...rest] = targets;
    if (target === undefined) throw new Error('a chain without targets was let through');
    refuseDearer(chain, target, call);
    const prompt = promptFor(target, call);
    noteSilentCut(target, prompt, deps);
    await emit(eventOf('llm.complete.start', source, startData(target, attempt)));
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
        timeoutMs: call.timeoutMs ?? target.defaults?.timeoutMs,
      },
      deps,
    );
    summaries.push(summaryOf(attempted));
    await report(attempted, target, { call, chain, prompt }, deps);
    await emit(endEvent(source, target, attempted));
    if (attempted.failure === undefined) return answerOf(call, chain, attempted, summaries);
    const next = nextTargets(attempted.failure, target, rest, chain);
    const [following] = next;
    if (following === undefined) throw stop(attempted.failure, target);
    deps.note(`note: ${failureLine(attempted.failure, target)}; going on to ${referenceOf(following)}`);
    await emit(
      eventOf('policy.fallback', source, {
        ...startData(following, attempt + 1),
        from: target.provider.name,
        failure_type: attempted.failure.failureType,
      }),
    );
    if (waits(attempted.failure, chain, target, following))
      await backOff(attempted.failure, attempt, deps).catch((error: unknown) => {
        throw stop(asFailure(error), target);
      });
    before = target;
    targets = next;
  }
}

interface Story {
  readonly call: Walk;
  readonly chain: Chain;
  readonly prompt: Prompt;
}

/** Ledger, trace file and usage hook, each by itself: one that fails takes nothing from the others. */
async function report(
  attempted: Attempted,
  target: Target,
  { call, chain, prompt }: Story,
  deps: RouterDeps,
): Promise<void> {
  const { includePrompts, note } = deps;
  const { record } = attempted;
  await tell(() => deps.record(record), 'the usage ledger was not written', note);
  await tell(
    () =>
      deps.trace(
        traceOf({ id: call.id, target, attempted, asked: chain.asked, call, prompt, includePrompts }),
      ),
    'the trace file was not written',
    note,
  );
  const usage = attempted.answer?.usage;
  const { onTokenUsage } = deps;
  if (usage === undefined || onTokenUsage === undefined) return;
  const { provider, model, attempt } = record;
  const context = { role: chain.asked, provider, model, attempt, workPackageId: call.workPackageId };
  await tell(() => onTokenUsage(call.id, usage, context), 'the hook onTokenUsage failed', note);
}

/** What the call says, else what the target's role and provider say. */
function promptFor({ defaults }: Target, call: Ask): Prompt {
  const json = call.schema !== undefined || (call.json ?? defaults?.json ?? false);
  return {
    system: json ? withJsonRule(call.system, call.schema) : call.system,
    messages: call.messages,
    maxTokens: call.maxTokens ?? defaults?.maxTokens,
    temperature: call.temperature ?? defaults?.temperature,
    schema: call.schema?.source,
    json,
  };
}

/** What the answer is a stand-in for: the target that failed before it, or the tier that has nothing of its own. */
function fallbackFrom(chain: Chain, target: Target, before: Target | undefined): string | null {
  if (before !== undefined) return referenceOf(before);
  return chain.tier !== undefined && target.tier !== undefined && target.tier !== chain.tier
    ? chain.tier
    : null;
}

function refuseDearer(chain: Chain, target: Target, call: Ask): void {
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
  failure: LlmRouterError,
  target: Target,
  rest: readonly Target[],
  chain: Chain,
): readonly Target[] {
  if (isFinal(failure) || (failure.misconfigured && chain.manner === 'role')) return [];
  if (!failure.contextOverflow || chain.tier === undefined) return rest;
  return target.tier === 'free' ? rest.filter(({ tier }) => tier === 'cheap') : [];
}

function waits(failure: LlmRouterError, chain: Chain, target: Target, following: Target): boolean {
  if (failure.failureType !== 'rate-limit') return false;
  return chain.manner === 'tier' || following.provider.name === target.provider.name;
}

function answerOf(
  call: Walk,
  chain: Chain,
  attempted: Attempted,
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
    id: call.id,
    text,
    value,
    asked: chain.asked,
    tier: chain.tier ?? null,
    record,
    attempts,
    paidInsteadOfFree: chain.tier === 'free' && !free && record.cost_usd !== 0,
    cut: answer?.cut ?? false,
    usage: answer?.usage,
    raw: answer?.raw,
  };
}
