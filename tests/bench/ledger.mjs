// Ledgers of a size that a busy year makes, and the floor to read them: JSON.parse of every line, and nothing else.
import { closeSync, openSync, writeSync } from 'node:fs';

const models = ['claude-opus-5-5', 'claude-haiku-4-5', 'claude-sonnet-5-5'];
const gates = ['plan', 'implement', 'lint', 'review', 'commit'];

/** @param {string} prefix @param {number} number */
const id = (prefix, number) => prefix + (number * 2654435761).toString(36).padStart(20, '0');

/** A request as the gateway writes it down. @param {number} n */
function line(n) {
  const attributed = n % 10 !== 0;
  return {
    v: 1,
    id: id('10000000-2000-4000-8000-', n),
    request_id: id('req_', n),
    message_id: id('msg_', n),
    ts: new Date(Date.UTC(2026, 0, 1) + n * 10_000).toISOString(),
    source: 'gateway',
    session_id: id('session-', n >> 9),
    agent_id: n % 2 ? id('a', n >> 5) : null,
    ticket_id: attributed ? `FEAT-${(n >> 7) % 400}` : null,
    gate: attributed ? gates[n % 5] : null,
    project: 'bench',
    agent_type: attributed ? 'backend' : null,
    skill: null,
    attributed_by: attributed ? 'agent' : 'none',
    tier: null,
    requested_model: models[n % 3],
    model: models[n % 3],
    provider: 'anthropic',
    attempt: 1,
    fallback_from: null,
    stream: true,
    status: n % 50 ? 'success' : 'error',
    failure_type: null,
    http_status: 200,
    latency_ms: 1000 + (n % 5000),
    ttft_ms: 300,
    input_tokens: 100 + (n % 50),
    output_tokens: n % 700,
    cache_read_tokens: n % 90_000,
    cache_write_5m_tokens: n % 3000,
    cache_write_1h_tokens: 0,
    cost_usd: Math.round((n % 9999) * 1.23456e7) / 1e12,
    price_source: 'table@2026-11-21',
    billing: 'api',
    batch_job_id: null,
    escalation_reason: null,
  };
}

/** The same request as its transcript tells it, which `cost sync` reads: with an id of its own, and less of the request. @param {number} n */
function seenAgain(n) {
  const own = {
    id: id('90000000-2000-4000-8000-', n),
    source: 'transcript',
    latency_ms: null,
    ttft_ms: null,
  };
  const unknown = { ticket_id: null, gate: null, agent_type: null, skill: null, attributed_by: 'none' };
  return JSON.stringify({ ...line(n), ...unknown, ...own });
}

/** After so many requests the transcripts are read. */
const SYNC = 4000;

/**
 * Writes a ledger of `records` lines, as a gateway would.
 * @param {string} file
 * @param {number} records
 * @param {{ twice?: boolean }} [options] twice: a third of the requests are seen in transcripts too, a quarter of the lines
 */
export function writeLedger(file, records, { twice = false } = {}) {
  const handle = openSync(file, 'w');
  let lines = '';
  let written = 0;
  /** @param {string} text */
  const write = (text) => {
    lines += `${text}\n`;
    written += 1;
    if (lines.length < 1 << 20) return;
    writeSync(handle, lines);
    lines = '';
  };
  for (let n = 0; written < records; n += 1) {
    write(JSON.stringify(line(n)));
    if (!twice || n % SYNC !== SYNC - 1) continue;
    for (let again = n - SYNC + 1; again <= n; again += 1) if (again % 3 === 0) write(seenAgain(again));
  }
  writeSync(handle, lines);
  closeSync(handle);
}
