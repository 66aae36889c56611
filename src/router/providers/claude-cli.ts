import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type RunResult, runInGroup } from '../../platform/process.ts';
import { LlmRouterError } from '../failure.ts';
import { amount, record, string } from '../fields.ts';
import { classified } from '../http.ts';
import type { Message, Provider, ProviderAnswer, ProviderCall, World } from '../model.ts';
import { anthropicUsage } from './anthropic.ts';
import { headerSafe } from './http-settings.ts';

export interface ClaudeCliSettings {
  readonly name: string;
  /** Path or name of the client. */
  readonly command: string;
  readonly billing: Provider['billing'];
  /** `ANTHROPIC_BASE_URL` of the environment is LiteLLM, our gateway or on this machine: tags may go along. */
  readonly tagged: boolean;
  readonly timeoutMs: number;
}

/**
 * Claude Code as a provider (`claude -p`), so that a login of it is enough. Seen with 2.1.328: the prompt comes by stdin,
 * `--output-format json` answers one object with `result, is_error, usage, modelUsage, total_cost_usd`.
 */
export function claudeCliProvider(settings: ClaudeCliSettings, world: World): Provider {
  return {
    name: settings.name,
    type: 'claude-cli',
    billing: settings.billing,
    local: false,
    timeoutMs: settings.timeoutMs,
    complete: (call) => complete(settings, world, call),
  };
}

async function complete(
  settings: ClaudeCliSettings,
  world: World,
  call: ProviderCall,
): Promise<ProviderAnswer> {
  // An empty folder of its own: no CLAUDE.md, no settings and no hooks of the project it happens to be called in.
  const folder = mkdtempSync(path.join(tmpdir(), 'backlog-claude-'));
  try {
    const systemFile = path.join(folder, 'system.txt');
    writeFileSync(systemFile, call.prompt.system ?? defaultSystem, { mode: 0o600 });
    const result = await runInGroup(settings.command, argumentsFor(call, systemFile), {
      cwd: folder,
      env: environment(settings, world.env, call),
      input: transcript(call.prompt.messages),
      signal: call.signal,
    });
    call.signal.throwIfAborted();
    return read(settings, call, result);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without a system prompt of ours the client sends its own, an agent's, some thousand tokens long. */
const defaultSystem = 'Answer the request directly. You have no tools.';

function argumentsFor(call: ProviderCall, systemFile: string): string[] {
  return [
    '-p',
    '--output-format',
    'json',
    ...(call.model === '' ? [] : ['--model', call.model]),
    '--system-prompt-file',
    systemFile,
    '--tools=',
    '--strict-mcp-config',
    '--no-session-persistence',
    '--settings',
    JSON.stringify({ disableAllHooks: true, permissions: { deny: ['Read'] } }),
  ];
}

/** Variables by which a session tells its children who they are; the child is a session of its own. */
const ofTheCallingSession =
  /^(CLAUDECODE|CLAUDE_PID|CLAUDE_EFFORT|CLAUDE_ENV_FILE|AI_AGENT|CLAUDE_CODE_(SESSION_ID|ENTRYPOINT|SESSION_ATTENDED|MESSAGING_SOCKET|MESSAGING_TOKEN|CHILD_NOTES_DIR))$/;

function environment(
  settings: ClaudeCliSettings,
  env: NodeJS.ProcessEnv,
  call: ProviderCall,
): NodeJS.ProcessEnv {
  const inherited = Object.entries(env).filter(([name]) => !ofTheCallingSession.test(name));
  const tags = settings.tagged && call.tags.length > 0 ? call.tags.map(headerSafe).join(',') : undefined;
  return {
    ...Object.fromEntries(inherited),
    // The ledger record of this call is ours; our hooks in the child would count it a second time.
    BACKLOG_HOOKS: 'off',
    // `@path` in a prompt would put that file into the request, and CLAUDE.md files are no part of the prompt either.
    CLAUDE_CODE_DISABLE_ATTACHMENTS: '1',
    CLAUDE_CODE_DISABLE_CLAUDE_MDS: '1',
    DISABLE_AUTOUPDATER: '1',
    ...(call.prompt.maxTokens === undefined
      ? {}
      : { CLAUDE_CODE_MAX_OUTPUT_TOKENS: String(call.prompt.maxTokens) }),
    ...(tags === undefined
      ? {}
      : {
          ANTHROPIC_CUSTOM_HEADERS: [env.ANTHROPIC_CUSTOM_HEADERS, `x-litellm-tags: ${tags}`]
            .filter(Boolean)
            .join('\n'),
        }),
  };
}

/** The conversation as one prompt. A leading slash would be one of the client's own commands; a newline hides it. */
export function transcript(messages: readonly Message[]): string {
  const [only] = messages;
  const text =
    messages.length === 1 && only
      ? only.content
      : messages
          .map(({ role, content }) => `${role === 'user' ? 'User' : 'Assistant'}:\n${content}`)
          .join('\n\n');
  return text.startsWith('/') ? `\n${text}` : text;
}

function read(settings: ClaudeCliSettings, call: ProviderCall, result: RunResult): ProviderAnswer {
  const where = `${settings.name} (${settings.command})`;
  if (result.startFailure !== undefined)
    throw new LlmRouterError({
      failureType: 'provider-error',
      message: `${where} could not be started: ${result.startFailure}`,
      fix: 'install Claude Code, or name another provider',
    });
  const answer = resultOf(result.stdout);
  if (answer === undefined) {
    const words = (result.stderr || result.stdout).trim().slice(0, 300);
    throw new LlmRouterError({
      failureType: result.exitCode === 0 ? 'invalid-response' : 'provider-error',
      message: `${where} ended with ${result.exitCode ?? result.signal ?? 'a signal'} and no JSON result${words ? `: ${words}` : ''}`,
      fix: /unknown option/.test(words)
        ? 'update Claude Code: 2.1.328 knows the options used here'
        : undefined,
    });
  }
  const text = string(answer.result) ?? '';
  if (answer.is_error === true || result.exitCode !== 0) throw refusedBy(where, answer, text);
  const models = record(answer.modelUsage) ?? {};
  const cost = amount(answer.total_cost_usd);
  return {
    text,
    usage: anthropicUsage(answer.usage),
    model: Object.keys(models)[0] ?? call.model,
    requestId: null,
    messageId: null,
    httpStatus: null,
    reportedCost: cost === undefined ? undefined : { usd: cost, source: 'claude-cli' },
    local: false,
    fellBack: false,
    cut: answer.stop_reason === 'max_tokens',
    raw: answer,
  };
}

function refusedBy(where: string, answer: Readonly<Record<string, unknown>>, text: string): LlmRouterError {
  const status = amount(answer.api_error_status);
  const kind = string(answer.api_error_type) ?? string(answer.terminal_reason) ?? '';
  if (status !== undefined) return classified({ status, kind, words: text.slice(0, 300), where });
  // `blocking_limit`: the client counted the prompt itself and asked nobody.
  const tooLong = kind === 'blocking_limit' || /prompt is too long/i.test(text);
  const loggedOut = /\/login|invalid api key/i.test(text);
  return new LlmRouterError({
    failureType: 'provider-error',
    message: `${where} says: ${text.slice(0, 300) || kind || 'nothing'}`,
    fix: tooLong
      ? 'shorten the prompt, or name a model with a larger context'
      : loggedOut
        ? 'log in: run `claude` once and type /login'
        : undefined,
    contextOverflow: tooLong,
  });
}

function resultOf(stdout: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = record(JSON.parse(stdout));
    return value?.type === 'result' ? value : undefined;
  } catch {
    return undefined;
  }
}
