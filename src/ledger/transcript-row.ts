import { amountIn, type Fields, objectOf, parseObject, textIn, utcTime } from './fields.ts';
import type { PricedUsage } from './prices.ts';

/** A row of a Claude Code transcript that carries an answer's usage. */
export interface TranscriptRow {
  /** The same for all rows of one answer. */
  readonly key: string;
  readonly request_id: string | null;
  readonly message_id: string | null;
  /** RFC 3339, UTC: when this part of the answer was complete. */
  readonly at: string;
  readonly session_id: string | null;
  /** `null` on the main thread. */
  readonly agent_id: string | null;
  /** The model that answered, and the one that was asked when the client says so. */
  readonly model: string;
  readonly requested_model: string | null;
  readonly usage: PricedUsage;
  /** The git branch that was checked out. */
  readonly branch: string | null;
}

/** What a line of a transcript is to the ledger: a row with usage, nothing, or unreadable. */
export type TranscriptLine = TranscriptRow | 'nothing' | 'unreadable';

const ASSISTANT = Buffer.from('"assistant"');

/**
 * Reads one line. Most of a transcript's bytes are other rows (prompts, attachments, requests), which are told apart before
 * they are parsed. The client's own notices, such as API errors, have a made-up model (`<synthetic>`) and are no requests.
 */
export function transcriptRow(line: Buffer): TranscriptLine {
  if (!line.includes(ASSISTANT)) return 'nothing';
  const fields = parseObject(line.toString('utf8'));
  if (fields === undefined) return 'unreadable';
  if (fields.type !== 'assistant' || fields.isApiErrorMessage === true) return 'nothing';
  const message = objectOf(fields.message);
  const usage = objectOf(message?.usage);
  const model = textIn(message, 'model');
  if (usage === undefined || model === null || model.startsWith('<')) return 'nothing';
  const at = utcTime(fields.timestamp);
  const request_id = textIn(fields, 'requestId');
  const message_id = textIn(message, 'id');
  const key = request_id ?? message_id ?? textIn(fields, 'uuid');
  if (at === undefined || key === null) return 'unreadable';
  return {
    key,
    request_id,
    message_id,
    at,
    session_id: textIn(fields, 'sessionId'),
    agent_id: textIn(fields, 'agentId'),
    model,
    requested_model: textIn(fields, 'requestedModel'),
    usage: usageOf(usage),
    branch: textIn(fields, 'gitBranch'),
  };
}

/**
 * Anthropic's usage in ours. `cache_creation` splits `cache_creation_input_tokens` by lifetime; what the split leaves out, or
 * all of it in older rows, was written for 5 minutes.
 */
function usageOf(usage: Fields): PricedUsage {
  const written = amountIn(usage, 'cache_creation_input_tokens');
  const split = objectOf(usage.cache_creation);
  const hour = amountIn(split, 'ephemeral_1h_input_tokens') ?? 0;
  const minutes = amountIn(split, 'ephemeral_5m_input_tokens') ?? 0;
  const searches = amountIn(objectOf(usage.server_tool_use), 'web_search_requests') ?? 0;
  return {
    input_tokens: amountIn(usage, 'input_tokens') ?? 0,
    output_tokens: amountIn(usage, 'output_tokens') ?? 0,
    cache_read_tokens: amountIn(usage, 'cache_read_input_tokens') ?? 0,
    cache_write_5m_tokens: written === null ? minutes : Math.max(written - hour, 0),
    cache_write_1h_tokens: written === null ? hour : Math.min(hour, written),
    web_searches: searches,
    fast: usage.speed === 'fast',
    regional: usage.inference_geo === 'us',
    batch: usage.service_tier === 'batch',
  };
}
