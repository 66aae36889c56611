/** What the answer to a request says about itself. Tokens are counts; `inputTokens` is without cache tokens. */
export interface AnswerFacts {
  messageId: string | null;
  /** The model that the body names. Behind LiteLLM a stream names the requested one: its headers know better. */
  model: string | null;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWrite5mTokens: number;
  cacheWrite1hTokens: number;
  webSearches: number;
  fast: boolean;
  /** It had to stay in one region. */
  regional: boolean;
  batch: boolean;
  /** Cost that the upstream itself names in its usage, USD. */
  reportedUsd: number | null;
  /** Bytes of text, thinking and tool input that a stream of messages has shown so far. */
  shownBytes: number;
  /** Usage was seen at all. */
  metered: boolean;
  /** The answer says that it is whole (`message_stop`, `[DONE]`, a body without error). */
  finished: boolean;
  /** `type` of the error that the body carries under a good status. */
  error: string | null;
  /** It could be looked into: not in an encoding that we cannot read, and not too long. */
  readable: boolean;
}

export function noFacts(): AnswerFacts {
  return {
    messageId: null,
    model: null,
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    webSearches: 0,
    fast: false,
    regional: false,
    batch: false,
    reportedUsd: null,
    shownBytes: 0,
    metered: false,
    finished: false,
    error: null,
    readable: true,
  };
}

/** Bytes of an answer that one token comes to, as vendors say of English text and code. */
const BYTES_PER_TOKEN = 4;

/**
 * Output tokens of an answer. A stream that was cut off has no final count, only that of its beginning: then at least what it has
 * shown counts.
 */
export function outputTokensOf({ finished, outputTokens, shownBytes }: AnswerFacts): number {
  return finished ? outputTokens : Math.max(outputTokens, Math.ceil(shownBytes / BYTES_PER_TOKEN));
}

type Fields = Readonly<Record<string, unknown>>;

/** Takes what one JSON document of an answer says: a whole body, or the data of one event of a stream. */
export function readDocument(facts: AnswerFacts, document: unknown, whole: boolean): void {
  const fields = object(document);
  switch (fields.type) {
    case 'message_start':
      readMessage(facts, object(fields.message));
      return;
    case 'message_delta':
      readAnthropicUsage(facts, object(fields.usage));
      return;
    case 'message_stop':
      facts.finished = true;
      return;
    case 'error':
      facts.error = text(object(fields.error).type) ?? 'error';
      return;
    case 'message':
      readMessage(facts, fields);
      facts.finished = whole;
      return;
    case 'response.created':
    case 'response.completed':
    case 'response.incomplete':
    case 'response.failed':
      readResponse(facts, object(fields.response));
      return;
    default:
      if (fields.object === 'response') readResponse(facts, fields);
      else readOpenAi(facts, fields, whole);
  }
}

function readMessage(facts: AnswerFacts, message: Fields): void {
  facts.messageId = text(message.id) ?? facts.messageId;
  facts.model = text(message.model) ?? facts.model;
  readAnthropicUsage(facts, object(message.usage));
}

/** Later figures replace earlier ones: `message_delta` carries the final counts, and only those that changed. */
function readAnthropicUsage(facts: AnswerFacts, usage: Fields): void {
  const output = count(usage.output_tokens);
  if (output !== undefined) {
    facts.metered = true;
    facts.outputTokens = output;
  }
  facts.inputTokens = count(usage.input_tokens) ?? facts.inputTokens;
  facts.cacheReadTokens = count(usage.cache_read_input_tokens) ?? facts.cacheReadTokens;
  const writes = count(usage.cache_creation_input_tokens);
  const split = object(usage.cache_creation);
  const hour = count(split.ephemeral_1h_input_tokens);
  const fiveMinutes = count(split.ephemeral_5m_input_tokens);
  if (hour !== undefined || fiveMinutes !== undefined) {
    facts.cacheWrite1hTokens = hour ?? 0;
    // Some gateways fill the sum only and leave zeros in the split.
    facts.cacheWrite5mTokens = Math.max(fiveMinutes ?? 0, (writes ?? 0) - (hour ?? 0));
  } else if (writes !== undefined && writes !== facts.cacheWrite1hTokens + facts.cacheWrite5mTokens) {
    facts.cacheWrite5mTokens = writes;
  }
  facts.webSearches = count(object(usage.server_tool_use).web_search_requests) ?? facts.webSearches;
  if (usage.speed === 'fast') facts.fast = true;
  if (usage.inference_geo === 'us') facts.regional = true;
  if (usage.service_tier === 'batch') facts.batch = true;
  readCost(facts, usage);
}

/** The Responses form: its events carry the whole response so far. */
function readResponse(facts: AnswerFacts, response: Fields): void {
  readOpenAi(facts, response, false);
  if (response.status === 'completed' || response.status === 'incomplete') facts.finished = true;
}

/** Chat completions and their chunks, and Responses with other names; the sum of the prompt includes the cached tokens. */
function readOpenAi(facts: AnswerFacts, fields: Fields, whole: boolean): void {
  if ('error' in fields && fields.error !== null) {
    const { type, code } = object(fields.error);
    facts.error = text(type) ?? text(code) ?? 'error';
    return;
  }
  facts.messageId = text(fields.id) ?? facts.messageId;
  facts.model = text(fields.model) ?? facts.model;
  const usage = object(fields.usage);
  const prompt = count(usage.prompt_tokens) ?? count(usage.input_tokens);
  if (prompt !== undefined) {
    const details = object(usage.prompt_tokens_details ?? usage.input_tokens_details);
    const read = count(usage.cache_read_input_tokens) ?? count(details.cached_tokens) ?? 0;
    const split = object(details.cache_creation_token_details);
    const writes = count(usage.cache_creation_input_tokens) ?? count(details.cache_creation_tokens) ?? 0;
    const hour = count(split.ephemeral_1h_input_tokens) ?? 0;
    facts.metered = true;
    facts.cacheReadTokens = read;
    facts.cacheWrite1hTokens = hour;
    facts.cacheWrite5mTokens = Math.max(0, writes - hour);
    facts.inputTokens = Math.max(0, prompt - read - writes);
    facts.outputTokens = count(usage.completion_tokens) ?? count(usage.output_tokens) ?? 0;
    readCost(facts, usage);
  }
  if (whole && Array.isArray(fields.choices)) facts.finished = true;
}

/** A cost of 0.0 is no price. */
function readCost(facts: AnswerFacts, usage: Fields): void {
  if (typeof usage.cost === 'number' && Number.isFinite(usage.cost) && usage.cost > 0)
    facts.reportedUsd = usage.cost;
}

function object(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields) // a record of unknowns is what any JSON object is
    : {};
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.round(value) : undefined;
}
