import { type BadLine, readLedger } from './read.ts';
import type { Billing, LedgerRecord } from './record.ts';

/** A sum over requests. Tokens are counts, money is USD. */
export interface Totals {
  readonly requests: number;
  /** Of these, those that did not succeed. */
  readonly failed: number;
  /** Requests whose cost nobody knows although tokens were used; they are missing in `cost_usd`. */
  readonly unpriced: number;
  readonly cost_usd: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
}

/** Adds requests up. Money is added in units of 10⁻¹² USD, so that the order of a million small sums does not show. */
export class Sum {
  #requests = 0;
  #failed = 0;
  #unpriced = 0;
  #picoUsd = 0n;
  #tokens = { input_tokens: 0, output_tokens: 0, cache_read_tokens: 0, cache_write_tokens: 0 };

  add(record: LedgerRecord): void {
    this.#requests += 1;
    if (record.status !== 'success') this.#failed += 1;
    if (isUnpriced(record)) this.#unpriced += 1;
    if (record.cost_usd) this.#picoUsd += BigInt(Math.round(record.cost_usd * 1e12));
    this.#tokens.input_tokens += record.input_tokens;
    this.#tokens.output_tokens += record.output_tokens;
    this.#tokens.cache_read_tokens += record.cache_read_tokens;
    this.#tokens.cache_write_tokens += record.cache_write_5m_tokens + record.cache_write_1h_tokens;
  }

  totals(): Totals {
    return {
      requests: this.#requests,
      failed: this.#failed,
      unpriced: this.#unpriced,
      cost_usd: Number(this.#picoUsd) / 1e12,
      ...this.#tokens,
    };
  }
}

/** A failure that used no tokens has nothing to price; an answer without known usage and cost has. */
export function isUnpriced(record: LedgerRecord): boolean {
  if (record.cost_usd !== null) return false;
  const tokens = record.input_tokens + record.output_tokens + record.cache_read_tokens;
  const used = tokens + record.cache_write_5m_tokens + record.cache_write_1h_tokens > 0;
  return used || record.status === 'success';
}

/** Requests in groups by a name; the group under `null` is what has no name. */
export class GroupedSum {
  readonly #groups = new Map<string | null, Sum>();

  constructor(...always: readonly (string | null)[]) {
    for (const name of always) this.#groups.set(name, new Sum());
  }

  add(name: string | null, record: LedgerRecord): void {
    let sum = this.#groups.get(name);
    if (sum === undefined) {
      sum = new Sum();
      this.#groups.set(name, sum);
    }
    sum.add(record);
  }

  /** Dearest first, then by name; what has no name comes last. */
  rows(): (Totals & { readonly name: string | null })[] {
    return [...this.#groups]
      .map(([name, sum]) => ({ name, ...sum.totals() }))
      .sort((a, b) => Number(a.name === null) - Number(b.name === null) || byCost(a, b));
  }
}

function byCost(a: Totals & { name: string | null }, b: Totals & { name: string | null }): number {
  return b.cost_usd - a.cost_usd || b.requests - a.requests || ((a.name ?? '') < (b.name ?? '') ? -1 : 1);
}

/** What in a ledger could not be counted. */
export interface LedgerFaults {
  readonly bad_lines: number;
  /** The first of them. */
  readonly bad: readonly BadLine[];
  /** Lines of earlier tools about something else than requests. */
  readonly other_lines: number;
  /** Requests without a time; they are in no period but the whole. */
  readonly undated: number;
}

const BAD_LINES_SHOWN = 20;

/** Hands every request of a ledger to `each`, and answers with what could not be read. */
export async function foldLedger(file: string, each: (record: LedgerRecord) => void): Promise<LedgerFaults> {
  const bad: BadLine[] = [];
  let [badLines, otherLines, undated] = [0, 0, 0];
  for await (const item of readLedger(file)) {
    if ('record' in item) {
      if (item.record.ts === '') undated += 1;
      each(item.record);
    } else if ('badLine' in item) {
      badLines += 1;
      if (bad.length < BAD_LINES_SHOWN) bad.push(item.badLine);
    } else {
      otherLines += 1;
    }
  }
  return { bad_lines: badLines, bad, other_lines: otherLines, undated };
}

/** Which kinds of payment the money of these requests falls under. */
export type ByBilling = Readonly<Record<Billing, Totals>>;

export class BillingSum {
  readonly #sums = { api: new Sum(), plan: new Sum(), local: new Sum(), unknown: new Sum() };

  add(record: LedgerRecord): void {
    this.#sums[record.billing].add(record);
  }

  totals(): ByBilling {
    const { api, plan, local, unknown } = this.#sums;
    return { api: api.totals(), plan: plan.totals(), local: local.totals(), unknown: unknown.totals() };
  }
}
