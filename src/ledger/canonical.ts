import {
  type Billing,
  billings,
  type LedgerRecord,
  type LedgerSource,
  type RequestStatus,
  sources,
  statuses,
} from './record.ts';

// Lines that this program wrote have one form: the fields of `newRecord` in their order, as JSON.stringify writes them. One
// expression reads such a line in about half the time of JSON.parse, and takes nothing that JSON.parse would not.
const STRING = '(?:"([^"\\\\\\u0000-\\u001f]+)"|null)';
const COUNT = '(0|[1-9]\\d{0,14})';
const AMOUNT = '(?:((?:0|[1-9]\\d{0,14})(?:\\.\\d{1,20})?(?:e-\\d{1,2})?)|null)';
// 29 February is left to `utcTime`, which knows the leap years.
const DAY =
  '\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))';
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\.\\d{3}';

const forms: readonly (readonly [name: string, form: string])[] = [
  ['id', '"([^"\\\\\\u0000-\\u001f]+)"'],
  ['request_id', STRING],
  ['message_id', STRING],
  ['ts', `"(${DAY}T${TIME}Z)"`],
  ['source', '"(gateway|llm-call|transcript|litellm|import)"'],
  ['session_id', STRING],
  ['agent_id', STRING],
  ['ticket_id', STRING],
  ['gate', STRING],
  ['project', STRING],
  ['agent_type', STRING],
  ['skill', STRING],
  ['attributed_by', '"([^"\\\\\\u0000-\\u001f]+)"'],
  ['tier', STRING],
  ['requested_model', STRING],
  ['model', STRING],
  ['provider', STRING],
  ['attempt', COUNT],
  ['fallback_from', STRING],
  ['stream', '(true|false)'],
  ['status', '"(success|error|cancelled|blocked)"'],
  ['failure_type', STRING],
  ['http_status', AMOUNT],
  ['latency_ms', AMOUNT],
  ['ttft_ms', AMOUNT],
  ['input_tokens', COUNT],
  ['output_tokens', COUNT],
  ['cache_read_tokens', COUNT],
  ['cache_write_5m_tokens', COUNT],
  ['cache_write_1h_tokens', COUNT],
  ['cost_usd', AMOUNT],
  ['price_source', STRING],
  ['billing', '"(api|plan|local|unknown)"'],
  ['batch_job_id', STRING],
  ['escalation_reason', STRING],
];

const line = new RegExp(
  // The last field came later; lines without it are as good.
  `\\{"v":1,${forms.map(([name, form]) => `"${name}":${form}`).join(',')}(?:,"request_class":${STRING})?\\}(?=\\n|$)`,
  'y',
);

// Compared one after the other: as keys of an object, words cut out of a text are looked up far more slowly.
const sourceOf = (word: string | undefined): LedgerSource =>
  sources.find((source) => source === word) ?? 'import';
const statusOf = (word: string | undefined): RequestStatus =>
  statuses.find((status) => status === word) ?? 'error';
const billingOf = (word: string | undefined): Billing =>
  billings.find((billing) => billing === word) ?? 'unknown';

/** Where the line ended that {@link canonicalRecord} read last. */
export function canonicalEnd(): number {
  return line.lastIndex;
}

/**
 * The record in the line that begins at `at`.
 * @returns `undefined` for a line in any other form, which may be a record all the same: `parseLedgerLine` knows
 */
export function canonicalRecord(text: string, at: number): LedgerRecord | undefined {
  line.lastIndex = at;
  const m = line.exec(text);
  if (m === null) return undefined;
  return {
    v: 1,
    id: m[1] ?? '',
    request_id: m[2] ?? null,
    message_id: m[3] ?? null,
    ts: m[4] ?? '',
    source: sourceOf(m[5]),
    session_id: m[6] ?? null,
    agent_id: m[7] ?? null,
    ticket_id: m[8] ?? null,
    gate: m[9] ?? null,
    project: m[10] ?? null,
    agent_type: m[11] ?? null,
    skill: m[12] ?? null,
    attributed_by: m[13] ?? 'none',
    tier: m[14] ?? null,
    requested_model: m[15] ?? null,
    model: m[16] ?? null,
    provider: m[17] ?? null,
    attempt: amount(m[18]) ?? 0,
    fallback_from: m[19] ?? null,
    stream: m[20] === 'true',
    status: statusOf(m[21]),
    failure_type: m[22] ?? null,
    http_status: amount(m[23]),
    latency_ms: amount(m[24]),
    ttft_ms: amount(m[25]),
    input_tokens: amount(m[26]) ?? 0,
    output_tokens: amount(m[27]) ?? 0,
    cache_read_tokens: amount(m[28]) ?? 0,
    cache_write_5m_tokens: amount(m[29]) ?? 0,
    cache_write_1h_tokens: amount(m[30]) ?? 0,
    cost_usd: amount(m[31]),
    price_source: m[32] ?? null,
    billing: billingOf(m[33]),
    batch_job_id: m[34] ?? null,
    escalation_reason: m[35] ?? null,
    request_class: m[36] ?? null,
  };
}

/**
 * What Number would make of these digits, in a third of its time: a whole number below 2⁵³ over a power of ten that a double
 * holds exactly is rounded once, so correctly.
 */
function amount(digits: string | undefined): number | null {
  if (digits === undefined) return null;
  if (digits.length > 16) return Number(digits);
  let whole = 0;
  let point = -1;
  for (let at = 0; at < digits.length; at += 1) {
    const code = digits.charCodeAt(at);
    if (code === POINT) point = at;
    else if (code === EXPONENT) return Number(digits);
    else whole = whole * 10 + (code - ZERO);
  }
  return point === -1 ? whole : whole / (powersOfTen[digits.length - 1 - point] ?? 1);
}

const [ZERO, POINT, EXPONENT] = [0x30, 0x2e, 0x65];
const powersOfTen = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);
