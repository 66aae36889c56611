import { Histogram } from './histogram.ts';
import { Money } from './money.ts';
import type { LedgerRecord } from './record.ts';
import { isUnpriced } from './unpriced.ts';

/** What a group of requests used. Each average and share is `null` when there is nothing that it could be of. */
export interface Usage {
  /** `success + failed + cancelled + blocked`. */
  readonly requests: number;
  readonly success: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly blocked: number;
  /** Without cache tokens. */
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
  /** All of the above. */
  readonly tokens: number;
  /** USD, as far as prices are known. */
  readonly cost_usd: number;
  /** Requests whose cost nobody knows although tokens were used; they are missing in `cost_usd`. */
  readonly unpriced: number;
  /** Of the requests whose latency is known. Percentiles are within 1 %. */
  readonly latency_ms: {
    readonly measured: number;
    readonly average: number | null;
    readonly p50: number | null;
    readonly p90: number | null;
    readonly p95: number | null;
    readonly p99: number | null;
  };
  /** Share of the input tokens that came from the prompt cache. */
  readonly cache_hit_rate: number | null;
  /** Share of the requests that belong to a ticket. */
  readonly attributed_share: number | null;
}

/** Adds requests up, in constant memory. */
export class UsageSum {
  readonly #status = { success: 0, error: 0, cancelled: 0, blocked: 0 };
  readonly #money = new Money();
  readonly #latency = new Histogram();
  #unpriced = 0;
  #attributed = 0;
  #input = 0;
  #output = 0;
  #cacheRead = 0;
  #cacheWrite = 0;

  add(record: LedgerRecord, sign: 1 | -1): void {
    this.#status[record.status] += sign;
    if (record.cost_usd !== null) this.#money.add(sign * record.cost_usd);
    else if (isUnpriced(record)) this.#unpriced += sign;
    if (record.latency_ms !== null) this.#latency.add(record.latency_ms, sign);
    if (record.ticket_id !== null) this.#attributed += sign;
    this.#input += sign * record.input_tokens;
    this.#output += sign * record.output_tokens;
    this.#cacheRead += sign * record.cache_read_tokens;
    this.#cacheWrite += sign * (record.cache_write_5m_tokens + record.cache_write_1h_tokens);
  }

  get requests(): number {
    const { success, error, cancelled, blocked } = this.#status;
    return success + error + cancelled + blocked;
  }

  usage(): Usage {
    const input = this.#input + this.#cacheRead + this.#cacheWrite;
    const latency = this.#latency;
    return {
      requests: this.requests,
      success: this.#status.success,
      failed: this.#status.error,
      cancelled: this.#status.cancelled,
      blocked: this.#status.blocked,
      input_tokens: this.#input,
      output_tokens: this.#output,
      cache_read_tokens: this.#cacheRead,
      cache_write_tokens: this.#cacheWrite,
      tokens: input + this.#output,
      cost_usd: this.#money.usd,
      unpriced: this.#unpriced,
      latency_ms: {
        measured: latency.measured,
        average: latency.average(),
        p50: latency.percentile(0.5),
        p90: latency.percentile(0.9),
        p95: latency.percentile(0.95),
        p99: latency.percentile(0.99),
      },
      cache_hit_rate: share(this.#cacheRead, input),
      attributed_share: share(this.#attributed, this.requests),
    };
  }
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
