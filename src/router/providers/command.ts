import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readTextIfExists } from '../../platform/files.ts';
import { type RunResult, runInGroup } from '../../platform/process.ts';
import { LlmRouterError } from '../failure.ts';
import { amount, record, string } from '../fields.ts';
import type { Provider, ProviderAnswer, ProviderCall, Usage, World } from '../model.ts';
import { transcript } from './claude-cli.ts';

/** How a program is asked. The prompt always comes by stdin: as an argument it would be an option when it begins with `-`. */
export interface CliForm {
  readonly command: string | undefined;
  readonly args: readonly string[];
  /** Option before the model's name; `null` for programs that take none. */
  readonly modelFlag: string | null;
  /** Arguments behind all others, such as `-` for "read stdin". */
  readonly last: readonly string[];
  /** Option that names a file for the answer; `null` when it comes by stdout. */
  readonly answerFileFlag: string | null;
  readonly responseFormat: 'text' | 'json';
  /** Fields of a JSON answer that may hold the text, first one first. */
  readonly textFields: readonly string[];
}

const plain: CliForm = {
  command: undefined,
  args: [],
  modelFlag: null,
  last: [],
  answerFileFlag: null,
  responseFormat: 'text',
  textFields: ['output_text', 'text', 'response', 'result'],
};

export const cliForms = {
  plain,
  /** `codex exec`: without it the program is interactive. Progress goes to stderr, the last message into the file. */
  codex: {
    ...plain,
    command: 'codex',
    args: ['exec', '--skip-git-repo-check', '--sandbox', 'read-only', '--color', 'never'],
    modelFlag: '--model',
    answerFileFlag: '--output-last-message',
    last: ['-'],
  },
  /** Headless when stdin is no terminal. */
  gemini: {
    ...plain,
    command: 'gemini',
    args: ['--output-format', 'json'],
    modelFlag: '--model',
    responseFormat: 'json',
    textFields: ['response', 'output_text', 'text'],
  },
} as const satisfies Record<string, CliForm>;

export interface CommandSettings {
  readonly name: string;
  readonly billing: Provider['billing'];
  /** Of the whole run; then its process group is ended. */
  readonly timeoutMs: number;
  readonly form: CliForm;
}

/** A program that answers one prompt and ends. */
export function commandProvider(settings: CommandSettings, world: World): Provider {
  return {
    name: settings.name,
    type: 'cli',
    billing: settings.billing,
    local: settings.billing === 'local',
    timeoutMs: settings.timeoutMs,
    complete: (call) => complete(settings, world, call),
  };
}

async function complete(
  settings: CommandSettings,
  world: World,
  call: ProviderCall,
): Promise<ProviderAnswer> {
  const { form, name } = settings;
  if (form.command === undefined)
    throw new LlmRouterError({
      failureType: 'provider-error',
      message: `provider ${name} names no command`,
      fix: 'add `command:` with the program',
    });
  // An empty folder of its own: the program must not read, or write into, a project that it happens to be called in.
  const folder = mkdtempSync(path.join(tmpdir(), 'backlog-cli-'));
  const answerFile = path.join(folder, 'answer.txt');
  try {
    const args = [
      ...form.args,
      ...(form.modelFlag === null || call.model === '' ? [] : [form.modelFlag, call.model]),
      ...(form.answerFileFlag === null ? [] : [form.answerFileFlag, answerFile]),
      ...form.last,
    ];
    const result = await runInGroup(form.command, args, {
      cwd: folder,
      env: world.env,
      input: promptText(call),
      signal: call.signal,
    });
    call.signal.throwIfAborted();
    const where = `${name} (${form.command})`;
    refuseFailedRun(where, form.command, result);
    const written = form.answerFileFlag === null ? undefined : readTextIfExists(answerFile);
    return read(where, settings, call, written?.trim() ? written : result.stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** System prompt and the whole conversation: a program that takes one text gets all of it. */
function promptText({ prompt }: ProviderCall): string {
  const text = transcript(prompt.messages);
  return prompt.system === undefined ? text : `${prompt.system}\n\n${text}`;
}

function refuseFailedRun(where: string, command: string, result: RunResult): void {
  if (result.startFailure !== undefined)
    throw new LlmRouterError({
      failureType: 'provider-error',
      message: `${where} could not be started: ${result.startFailure}`,
      fix: `install ${command}, or write its full path as \`command:\``,
    });
  if (result.exitCode === 0) return;
  const words = (result.stderr.trim() || result.stdout.trim()).slice(-300);
  throw new LlmRouterError({
    failureType: 'provider-error',
    message: `${where} ended with ${result.exitCode ?? result.signal ?? 'a signal'}${words ? `: ${words}` : ''}`,
    fix: `try it by hand: echo hello | ${command}`,
  });
}

function read(where: string, settings: CommandSettings, call: ProviderCall, output: string): ProviderAnswer {
  const { form } = settings;
  const envelope = form.responseFormat === 'json' ? envelopeOf(where, output) : undefined;
  return {
    text: envelope === undefined ? output.trim() : textOf(where, envelope, form.textFields),
    usage: envelope === undefined ? undefined : usageOf(where, envelope),
    model: (envelope && modelIn(envelope)) || call.model,
    requestId: null,
    messageId: null,
    httpStatus: null,
    reportedCost: undefined,
    local: settings.billing === 'local',
    fellBack: false,
    cut: false,
    raw: envelope ?? output,
  };
}

type Envelope = Readonly<Record<string, unknown>>;

/** Gemini names the models of an answer as keys of its statistics. */
function modelIn(envelope: Envelope): string | undefined {
  return string(envelope.model) ?? Object.keys(record(record(envelope.stats)?.models) ?? {})[0];
}

function envelopeOf(where: string, output: string): Envelope {
  if (output.trim() === '')
    throw new LlmRouterError({ failureType: 'invalid-response', message: `${where} printed nothing` });
  try {
    const value = record(JSON.parse(output));
    if (value !== undefined) return value;
  } catch {
    // Said below.
  }
  throw violation(`${where} printed no JSON object`);
}

function textOf(where: string, envelope: Envelope, fields: readonly string[]): string {
  const field = fields.find((name) => envelope[name] !== undefined && envelope[name] !== null);
  const text = field === undefined ? undefined : string(envelope[field]);
  if (text !== undefined) return text;
  throw violation(
    field === undefined
      ? `${where} printed JSON without ${fields.join(' or ')}`
      : `${where} printed JSON whose ${field} is no text`,
  );
}

/** `usage` with either vendor's names, or Gemini's `stats`; a `usage` of another form breaks the contract. */
function usageOf(where: string, envelope: Envelope): Usage | undefined {
  if (envelope.usage === undefined || envelope.usage === null) return geminiUsage(envelope);
  const usage = record(envelope.usage);
  const input = amount(usage?.input_tokens ?? usage?.prompt_tokens);
  const output = amount(usage?.output_tokens ?? usage?.completion_tokens);
  if (input === undefined || output === undefined)
    throw violation(`${where} printed JSON whose usage has no token counts`);
  return tokensOf(input, output, 0);
}

/** Seen in Gemini CLI's documentation of `--output-format json`: `stats.models.<model>.tokens`. */
function geminiUsage(envelope: Envelope): Usage | undefined {
  const models = record(record(envelope.stats)?.models);
  if (models === undefined) return undefined;
  const counts = Object.values(models).map((model) => record(record(model)?.tokens));
  const sum = (field: string) => counts.reduce((total, count) => total + (amount(count?.[field]) ?? 0), 0);
  const cached = sum('cached');
  return tokensOf(Math.max(0, sum('prompt') - cached), sum('candidates') + sum('thoughts'), cached);
}

function tokensOf(input: number, output: number, cacheRead: number): Usage {
  return {
    input_tokens: Math.round(input),
    output_tokens: Math.round(output),
    cache_read_tokens: Math.round(cacheRead),
    cache_write_5m_tokens: 0,
    cache_write_1h_tokens: 0,
  };
}

function violation(message: string): LlmRouterError {
  return new LlmRouterError({
    failureType: 'contract-violation',
    message,
    fix: 'check `response_format` and `text_field` against what the program prints',
  });
}
