import path from 'node:path';
import type { Attribution, Context } from '../../attribution/attribution.ts';
import { resolve } from '../../attribution/resolve.ts';
import { tagsOf } from '../../attribution/tags.ts';
import { appendRecord, ledgerFile, newRecord } from '../../ledger/append.ts';
import { loadMorePrices, priceRequest } from '../../ledger/prices.ts';
import type { LedgerRecord } from '../../ledger/record.ts';
import { timestamp } from '../../platform/clock.ts';
import { messageOf } from '../../platform/errors.ts';
import { type BacklogConfig, loadConfig } from '../../project/config.ts';
import { projectName } from '../../project/name.ts';
import { backlogHome, type ProjectPaths } from '../../project/paths.ts';
import type { AttemptRecord } from '../../router/attempt.ts';
import type { Answer, RouterDeps } from '../../router/call.ts';
import { defaultSettings, type RouterSettings } from '../../router/settings.ts';
import { writeTrace } from '../../router/trace.ts';
import type { ChatSettings } from '../../telemetry/chat-log.ts';
import { Telemetry } from '../../telemetry/telemetry.ts';
import type { Io } from '../io.ts';
import type { LocalCall } from '../local-attempt.ts';
import { spentBudget } from './llm-call-budget.ts';

export interface Wiring {
  /**
   * Lets the call of a model pass, or writes down that it was blocked.
   * @throws BacklogError `budget-spent` (exit 1), `ledger-read-failed` (exit 3)
   */
  readonly admit: (requestedModel: string) => void;
  readonly deps: RouterDeps;
  /** Of the context that this call belongs to. */
  readonly tags: readonly string[];
  readonly gate: string | undefined;
  readonly agent: string | undefined;
  /** Ticket and gate of the context, in a project: where a call of the local model is counted. */
  readonly localCall: LocalCall | undefined;
  /** Keeps prompt and answer in the chat log, where the configuration asks for it; never throws. */
  readonly logChat: (chat: Chat) => Promise<void>;
  /** Sends what the collector of spans has not got yet; at most {@link LAST_SPAN_MS}. */
  readonly close: () => Promise<void>;
}

/** A call that this program makes by itself, and not for whoever started it. */
export interface OwnCall {
  /** Instead of the configuration in the working tree. */
  readonly llmOps?: BacklogConfig['llmOps'];
  /** What it is counted for; its agent id is then `call:<id of the record>`. */
  readonly context?: Context;
}

/** What was said in one call. */
export interface Chat {
  /** RFC 3339, UTC: when it was sent. */
  readonly sentAt: string;
  readonly system: string | undefined;
  readonly prompt: string;
  /** `undefined` when there was none. */
  readonly answer: Answer | undefined;
}

/** Longest wait for a collector that does not answer, in ms: whoever started the call waits for its end. */
const LAST_SPAN_MS = 1000;

/**
 * What the router needs from the other rooms: the configuration's `llmOps`, the context, the ledger and the traces.
 * @throws BacklogError `config-invalid` (exit 3); without a configuration the defaults hold
 */
export function wiringFor(project: ProjectPaths | undefined, io: Io, own: OwnCall = {}): Wiring {
  const home = backlogHome(io.env);
  const llmOps = own.llmOps ?? (project && loadConfig(project, io.cwd).config.llmOps);
  const settings: RouterSettings = llmOps
    ? withAbsoluteScripts(llmOps, project?.root ?? io.cwd)
    : defaultSettings;
  const name = projectName(project?.root ?? io.cwd).name;
  const attribution: Attribution =
    own.context === undefined
      ? resolve({
          home,
          opsDir: project?.opsDir,
          env: io.env,
          project: name,
          sessionId: io.caller.sessionId,
          agentId: io.caller.agentId,
          clock: io.clock,
        })
      : { context: own.context, attributed_by: 'agent' };
  const ledger = ledgerFile(project?.opsDir, home);
  // Other vendors' models have their prices in half a megabyte, which is read while the answer is on its way.
  if (io.env.LITELLM_BASE_URL || Object.values(settings.providers).some(({ type }) => type === 'openai'))
    void loadMorePrices();
  const telemetry = new Telemetry({
    env: io.env,
    version: __BACKLOG_VERSION__,
    // Shorter than the exporter's first wait before it tries again, so a collector that is down costs nothing.
    timeoutMs: 750,
    delayMs: 0,
    onProblem: (message) => io.note(`warning: telemetry: ${message}`),
  });
  return {
    admit: (requestedModel) => {
      const refusal = spentBudget({ project, attribution, ledger, home }, io);
      if (refusal === undefined) return;
      const line = blockedLine(requestedModel, attribution, name, io);
      telemetry.onRecord(line, llmOps?.telemetry);
      try {
        appendRecord(ledger, line, home);
      } catch (error) {
        // It is refused all the same.
        io.note(`warning: the refusal is not in the ledger: ${messageOf(error)}`);
      }
      throw refusal;
    },
    logChat: (chat) => keepChat(chat, project, llmOps?.logging, io),
    close: () => telemetry.close(io.signal.aborted ? 0 : LAST_SPAN_MS),
    tags: tagsOf(attribution.context),
    gate: attribution.context?.gate || undefined,
    agent: attribution.context?.agent_type || undefined,
    localCall: localCallOf(project, attribution),
    deps: {
      fetch: globalThis.fetch,
      env: io.env,
      clock: io.clock,
      signal: io.signal,
      settings,
      includePrompts: llmOps?.traces.includePrompts ?? false,
      note: (line) => io.note(line),
      price: (request) => priceRequest({ ...request, overrides: llmOps?.prices }),
      record: (attempt) => {
        const line = lineOf(attempt, attribution, name, io, own.context && `call:${attempt.id}`);
        telemetry.onRecord(line, llmOps?.telemetry);
        appendRecord(ledger, line, home);
      },
      trace: (trace) => {
        writeTrace(project?.opsDir ?? home, trace);
      },
    },
  };
}

function localCallOf(project: ProjectPaths | undefined, { context }: Attribution): LocalCall | undefined {
  if (project === undefined || !context?.ticket_id || !context.gate) return undefined;
  return { paths: project, ticketId: context.ticket_id, gate: context.gate };
}

async function keepChat(
  { sentAt, system, prompt, answer }: Chat,
  project: ProjectPaths | undefined,
  settings: ChatSettings | undefined,
  io: Io,
): Promise<void> {
  if (project === undefined || settings === undefined || settings.chat === 'off') return;
  try {
    const { openChatLog } = await import('../../telemetry/chat-log.ts');
    const { sessionId = null, agentId = null } = io.caller;
    const common = { source: 'llm-call', session_id: sessionId, agent_id: agentId } as const;
    const sent = { ...common, ts: sentAt, request_id: null, model: null };
    const { record, text = '' } = answer ?? {};
    openChatLog(project.opsDir, sessionId ?? undefined, settings, io.clock)?.append([
      ...(system === undefined ? [] : [{ ...sent, role: 'system', text: system } as const]),
      { ...sent, role: 'user', text: prompt },
      ...(record === undefined
        ? []
        : [
            {
              ...common,
              ts: timestamp(io.clock),
              request_id: record.request_id ?? record.id,
              model: record.model,
              role: 'assistant',
              text,
            } as const,
          ]),
    ]);
  } catch (error) {
    io.note(`warning: the chat log was not written: ${messageOf(error)}`);
  }
}

/** A script's path in the configuration is relative to the configuration. */
function withAbsoluteScripts(settings: RouterSettings, root: string): RouterSettings {
  const providers = Object.fromEntries(
    Object.entries(settings.providers).map(([name, provider]) => [
      name,
      provider.script === undefined ? provider : { ...provider, script: path.resolve(root, provider.script) },
    ]),
  );
  return { ...settings, providers };
}

/** The attempt as a line of the ledger. */
function lineOf(
  attempt: AttemptRecord,
  attribution: Attribution,
  project: string,
  io: Io,
  ownAgent: string | undefined,
): LedgerRecord {
  return newRecord({ ...attempt, ...callerOf(attribution, project, io, ownAgent) });
}

/** A call that no model has seen. */
function blockedLine(
  requestedModel: string,
  attribution: Attribution,
  project: string,
  io: Io,
): LedgerRecord {
  return newRecord({
    ...callerOf(attribution, project, io),
    ts: timestamp(io.clock),
    requested_model: requestedModel,
    status: 'blocked',
    failure_type: 'budget',
  });
}

function callerOf({ context, attributed_by }: Attribution, project: string, io: Io, ownAgent?: string) {
  return {
    source: 'llm-call',
    session_id: io.caller.sessionId ?? null,
    agent_id: ownAgent ?? io.caller.agentId ?? null,
    ticket_id: context?.ticket_id || null,
    gate: context?.gate || null,
    project: context?.project || project,
    agent_type: context?.agent_type || null,
    skill: context?.skill || null,
    attributed_by,
  } as const;
}
