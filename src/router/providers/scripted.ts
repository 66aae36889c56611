import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BacklogError, ExitCode, messageOf } from '../../platform/errors.ts';
import { FailureType, LlmRouterError } from '../failure.ts';
import { amount, list, record, string, tokens } from '../fields.ts';
import type { Provider, ProviderAnswer, ProviderCall, Usage } from '../model.ts';

/** One prepared answer. All conditions of `match` must hold; without any it fits every prompt. */
export interface ScriptedAnswer {
  readonly match?: {
    readonly gate?: string | undefined;
    readonly agent?: string | undefined;
    /** Text that stands in the system prompt or in a message. */
    readonly contains?: string | undefined;
  };
  readonly text: string;
  /** Without it, a quarter of the characters. */
  readonly usage?: Partial<Usage> | undefined;
  readonly model?: string | undefined;
  readonly delayMs?: number | undefined;
  readonly failure?: ScriptedFailure | undefined;
}

interface ScriptedFailure {
  readonly type: FailureType;
  readonly message?: string | undefined;
  readonly httpStatus?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly contextOverflow?: boolean | undefined;
}

export interface Script {
  readonly answers: readonly ScriptedAnswer[];
}

/** Demo prices, USD per million tokens: round figures of nobody's list, so that they are not taken for real ones. */
const demoPrices: Usage = {
  input_tokens: 1,
  output_tokens: 5,
  cache_read_tokens: 0.1,
  cache_write_5m_tokens: 1.25,
  cache_write_1h_tokens: 2,
};

/**
 * Answers from a script, for the demo and for tests: no network, the same every time. Answers that match a prompt are
 * given in their order, each once; the last one that matches is given again.
 */
export function scriptedProvider(name: string, script: Script): Provider {
  const given = new Set<ScriptedAnswer>();
  return {
    name,
    type: 'scripted',
    billing: 'local',
    local: false,
    timeoutMs: 120_000,
    complete: async (call) => {
      const fitting = script.answers.filter((answer) => fits(answer, call));
      const answer = fitting.find((candidate) => !given.has(candidate)) ?? fitting.at(-1);
      if (answer === undefined)
        throw new LlmRouterError({
          failureType: 'provider-error',
          message: `no answer of the script fits this prompt (gate ${call.gate ?? 'none'}, agent ${call.agent ?? 'none'})`,
          fix: 'add an answer without `match` at the end of the script',
        });
      given.add(answer);
      return play(answer, call);
    },
  };
}

function fits({ match = {} }: ScriptedAnswer, call: ProviderCall): boolean {
  const { contains } = match;
  return (
    (match.gate === undefined || match.gate === call.gate) &&
    (match.agent === undefined || match.agent === call.agent) &&
    (contains === undefined || textsOf(call).some((text) => text.includes(contains)))
  );
}

function textsOf(call: ProviderCall): string[] {
  return [call.prompt.system ?? '', ...call.prompt.messages.map((message) => message.content)];
}

async function play(answer: ScriptedAnswer, call: ProviderCall): Promise<ProviderAnswer> {
  if (answer.delayMs !== undefined) await sleep(answer.delayMs, undefined, { signal: call.signal });
  if (answer.failure !== undefined) throw scriptedFailure(answer.failure);
  const usage: Usage = {
    input_tokens: quarter(textsOf(call).join('')),
    output_tokens: quarter(answer.text),
    cache_read_tokens: 0,
    cache_write_5m_tokens: 0,
    cache_write_1h_tokens: 0,
    ...answer.usage,
  };
  return {
    text: answer.text,
    usage,
    model: answer.model ?? call.model,
    requestId: null,
    messageId: null,
    httpStatus: null,
    reportedCost: { usd: demoCost(usage), source: 'demo' },
    local: false,
    fellBack: false,
    cut: false,
  };
}

function scriptedFailure({ type, ...more }: ScriptedFailure): LlmRouterError {
  return new LlmRouterError({ ...more, failureType: type, message: more.message ?? 'the script says so' });
}

function quarter(text: string): number {
  return Math.ceil(text.length / 4);
}

function demoCost(usage: Usage): number {
  return (
    (usage.input_tokens * demoPrices.input_tokens +
      usage.output_tokens * demoPrices.output_tokens +
      usage.cache_read_tokens * demoPrices.cache_read_tokens +
      usage.cache_write_5m_tokens * demoPrices.cache_write_5m_tokens +
      usage.cache_write_1h_tokens * demoPrices.cache_write_1h_tokens) /
    1_000_000
  );
}

const failureTypes = Object.values(FailureType);

/**
 * Reads a script file: `{"answers": [{"match"?, "text", "usage"?, "model"?, "delayMs"?, "failure"?}]}`.
 * @throws BacklogError `llm-script-invalid` (exit 3)
 */
export function readScript(file: string): Script {
  const invalid = (message: string) =>
    new BacklogError({
      code: 'llm-script-invalid',
      message: `${file}: ${message}`,
      fix: 'give it the form {"answers": [{"text": "…"}]}; docs/llm-call.md shows all fields',
      exitCode: ExitCode.ProjectUnusable,
      file,
    });
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw invalid(messageOf(error));
  }
  const answers = list(record(content)?.answers);
  if (answers === undefined) throw invalid('no list "answers"');
  return {
    answers: answers.map((value, index) => {
      const answer = scriptedAnswer(record(value) ?? {});
      if (answer === undefined)
        throw invalid(`answers[${index}] needs a "text", or a "failure" with a known "type"`);
      return answer;
    }),
  };
}

function scriptedAnswer(value: Readonly<Record<string, unknown>>): ScriptedAnswer | undefined {
  const failure = record(value.failure);
  const type = failureTypes.find((known) => known === failure?.type);
  const text = string(value.text) ?? (failure ? '' : undefined);
  if (text === undefined || (failure !== undefined && type === undefined)) return undefined;
  const match = record(value.match);
  const usage = record(value.usage);
  return {
    text,
    match: {
      gate: string(match?.gate),
      agent: string(match?.agent),
      contains: string(match?.contains),
    },
    usage:
      usage &&
      Object.fromEntries(
        Object.keys(demoPrices)
          .filter((key) => key in usage)
          .map((key) => [key, tokens(usage[key])]),
      ),
    model: string(value.model),
    delayMs: amount(value.delayMs),
    failure:
      type === undefined
        ? undefined
        : {
            type,
            message: string(failure?.message),
            httpStatus: amount(failure?.httpStatus),
            retryAfterMs: amount(failure?.retryAfterMs),
            contextOverflow: failure?.contextOverflow === true,
          },
  };
}
