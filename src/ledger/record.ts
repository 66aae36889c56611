/** Who wrote a record. */
export const sources = ['gateway', 'llm-call', 'transcript', 'litellm', 'import'] as const;
export type LedgerSource = (typeof sources)[number];
export const statuses = ['success', 'error', 'cancelled', 'blocked'] as const;
export type RequestStatus = (typeof statuses)[number];
/** How the user pays for it: by request, by a subscription, not at all (own machine), or nobody knows. */
export const billings = ['api', 'plan', 'local', 'unknown'] as const;
export type Billing = (typeof billings)[number];
/** What a request used, each in tokens. */
export const tokenFields = [
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
] as const;

/** One LLM request: a line of the usage ledger (contracts: Ledger record). Prompts and answers are never in it. */
export interface LedgerRecord {
  readonly v: 1;
  /** Ours, a UUID. */
  readonly id: string;
  /** The upstream's id of the request; what a transcript calls `requestId`. */
  readonly request_id: string | null;
  readonly message_id: string | null;
  /** RFC 3339, UTC: when the request began. */
  readonly ts: string;
  readonly source: LedgerSource;
  readonly session_id: string | null;
  readonly agent_id: string | null;
  readonly ticket_id: string | null;
  readonly gate: string | null;
  readonly project: string | null;
  readonly agent_type: string | null;
  readonly skill: string | null;
  readonly attributed_by: string;
  readonly tier: string | null;
  readonly requested_model: string | null;
  readonly model: string | null;
  readonly provider: string | null;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly fallback_from: string | null;
  readonly stream: boolean;
  readonly status: RequestStatus;
  readonly failure_type: string | null;
  readonly http_status: number | null;
  readonly latency_ms: number | null;
  readonly ttft_ms: number | null;
  /** Without cache tokens (Anthropic's meaning). */
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_5m_tokens: number;
  readonly cache_write_1h_tokens: number;
  /** USD. `null` when the price is unknown; 0 is for local models only. */
  readonly cost_usd: number | null;
  readonly price_source: string | null;
  readonly billing: Billing;
  readonly batch_job_id: string | null;
  readonly escalation_reason: string | null;
  /**
   * What kind of request it was, in the client's words: `main`, `subagent`, `compaction`, `auxiliary`; `null` when it did not
   * say. `subagent` without an `agent_id` is a fork whose agent nobody can name; it has the context of its session.
   */
  readonly request_class: string | null;
}

/** What a caller knows of a request; everything else is filled in by `newRecord`. */
export type PartialRecord = Partial<Omit<LedgerRecord, 'v' | 'source'>> & Pick<LedgerRecord, 'source'>;

/** Which ticket, gate and agent a request was for, and the rule that found it. */
export type RecordAttribution = Pick<
  LedgerRecord,
  'ticket_id' | 'gate' | 'project' | 'agent_type' | 'skill' | 'attributed_by'
>;

/** Most trusted first (contracts: Attribution); a later line does not replace a better one. */
const attributionRules = ['agent', 'marker', 'parent', 'session', 'file'];

/** 0 for the most trusted rule; `none` and unknown words come last. */
export function attributionRank(attributedBy: string): number {
  const rank = attributionRules.indexOf(attributedBy);
  return rank === -1 ? attributionRules.length : rank;
}

/** What one line of a ledger is. */
export type ParsedLine =
  /** `named` is false for imported lines without an id of their own, which are never the same request as another. */
  | { readonly record: LedgerRecord; readonly named: boolean }
  | { readonly bad: string }
  /** Something that earlier tools wrote beside their requests. */
  | { readonly other: string };
