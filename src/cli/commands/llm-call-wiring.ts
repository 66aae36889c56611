import path from 'node:path';
import { appendLine, readTextIfExists } from '../../platform/files.ts';
import { loadConfig } from '../../project/config.ts';
import { projectName } from '../../project/name.ts';
import { backlogHome, type ProjectPaths } from '../../project/paths.ts';
import type { AttemptRecord } from '../../router/attempt.ts';
import type { RouterDeps } from '../../router/route.ts';
import { defaultSettings, type RouterSettings } from '../../router/settings.ts';
import { writeTrace } from '../../router/trace.ts';
import type { Io } from '../io.ts';

export interface Wiring {
  readonly deps: RouterDeps;
  /** Of the context that this call belongs to. */
  readonly tags: readonly string[];
  readonly gate: string | undefined;
  readonly agent: string | undefined;
}

/**
 * What the router needs from the other rooms: the configuration's `llmOps`, the context, the ledger and the traces.
 * @throws BacklogError `config-invalid` (exit 3); without a configuration the defaults hold
 */
export function wiringFor(project: ProjectPaths | undefined, io: Io): Wiring {
  const home = backlogHome(io.env);
  const llmOps = project && loadConfig(project, io.cwd).config.llmOps;
  const settings: RouterSettings = llmOps ? withAbsoluteScripts(llmOps, project.root) : defaultSettings;
  const context = contextOf(project, home, io);
  const ledger = path.join(project?.opsDir ?? home, 'usage-ledger.jsonl');
  const modes = project ? {} : { mode: 0o600, dirMode: 0o700 };
  return {
    tags: context.tags,
    gate: context.fields.gate ?? undefined,
    agent: context.fields.agent_type ?? undefined,
    deps: {
      fetch: globalThis.fetch,
      env: io.env,
      clock: io.clock,
      signal: io.signal,
      settings,
      includePrompts: llmOps?.traces.includePrompts ?? false,
      note: (line) => io.note(line),
      price: () => ({ cost_usd: null, price_source: null }),
      record: (record) => appendLine(ledger, JSON.stringify(ledgerRecord(record, context, io)), modes),
      trace: (trace) => {
        writeTrace(project?.opsDir ?? home, trace);
      },
    },
  };
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

const contextFields = ['ticket_id', 'gate', 'project', 'agent_type', 'skill'] as const;
const tagNames = {
  ticket_id: 'ticket',
  gate: 'gate',
  project: 'project',
  agent_type: 'agent',
  skill: 'skill',
};

interface CallContext {
  readonly fields: Readonly<Record<(typeof contextFields)[number], string | null>>;
  readonly attributed_by: string;
  readonly tags: readonly string[];
}

// Stand-in for attribution/resolve.ts and attribution/tags.ts until that room lands: the `file` rule only.
function contextOf(project: ProjectPaths | undefined, home: string, io: Io): CallContext {
  const name = projectName(project?.root ?? io.cwd).name;
  const files = [
    io.env.BACKLOG_CONTEXT_FILE,
    project && path.join(project.opsDir, 'current-context.json'),
    path.join(home, 'current-context.json'),
  ];
  for (const file of files) {
    const stored = file ? parsed(readTextIfExists(file)) : undefined;
    if (stored === undefined) continue;
    const text = (key: string) => {
      const value = stored[key];
      return typeof value === 'string' && value !== '' ? value : null;
    };
    if (file !== io.env.BACKLOG_CONTEXT_FILE && text('project') !== name) continue;
    const fields = {
      ticket_id: text('ticket_id'),
      gate: text('gate'),
      project: text('project'),
      agent_type: text('agent_type'),
      skill: text('skill'),
    };
    const tags = contextFields.flatMap((key) =>
      fields[key] === null ? [] : [`${tagNames[key]}:${fields[key]}`],
    );
    return { fields, attributed_by: 'file', tags };
  }
  const fields = { ticket_id: null, gate: null, project: name, agent_type: null, skill: null };
  return { fields, attributed_by: 'none', tags: [] };
}

function parsed(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value))
      : undefined;
  } catch {
    return undefined;
  }
}

// Stand-in for ledger/append.ts and `newRecord`.
function ledgerRecord(record: AttemptRecord, context: CallContext, io: Io) {
  return {
    v: 1,
    ...record,
    source: 'llm-call',
    session_id: io.caller.sessionId ?? null,
    agent_id: io.caller.agentId ?? null,
    ...context.fields,
    attributed_by: context.attributed_by,
    batch_job_id: null,
    escalation_reason: null,
  };
}
