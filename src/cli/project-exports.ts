import { BacklogError } from '../platform/errors.ts';
import { loadConfig } from '../project/config.ts';
import type { ProjectPaths } from '../project/paths.ts';
import type { Io } from './io.ts';

/** What of a project's requests goes elsewhere than into its ledger. */
export interface ProjectExports {
  /** Scheme, host and port of the collector of spans; the rest of its address may hold a token. */
  readonly otlp_origin: string | null;
  /** The variable that has the collector's headers, and is not set here. */
  readonly otlp_headers_missing: string | null;
  readonly chat: 'off' | 'redacted' | 'full';
  readonly chat_retention_days: number;
}

/** @returns `undefined` outside a project; a text where its configuration cannot be read */
export function exportsOf(project: ProjectPaths | undefined, io: Io): ProjectExports | string | undefined {
  if (project === undefined) return undefined;
  try {
    const { telemetry, logging } = loadConfig(project, io.cwd).config.llmOps;
    const { otlpEndpoint, otlpHeadersEnv } = telemetry;
    const isMissing = otlpEndpoint !== undefined && otlpHeadersEnv !== undefined && !io.env[otlpHeadersEnv];
    return {
      otlp_origin: otlpEndpoint === undefined ? null : new URL(otlpEndpoint).origin,
      otlp_headers_missing: isMissing ? otlpHeadersEnv : null,
      chat: logging.chat,
      chat_retention_days: logging.retentionDays,
    };
  } catch (error) {
    if (error instanceof BacklogError) return error.message;
    throw error;
  }
}

export function exportsText(exported: ProjectExports | string): string {
  if (typeof exported === 'string') return `telemetry: not known: ${exported}`;
  const { otlp_origin: origin, otlp_headers_missing: missing, chat, chat_retention_days: days } = exported;
  const without = missing === null ? '' : ` (${missing} is not set here: without its headers)`;
  const spans = origin === null ? 'no spans (llmOps.telemetry.otlpEndpoint)' : `spans to ${origin}${without}`;
  const chats = chat === 'off' ? 'chat log off' : `chat log ${chat}, kept ${days} days in .backlog-ops/chats`;
  return `telemetry: ${spans}; ${chats}`;
}
