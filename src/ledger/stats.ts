import type { Watch } from '../platform/watch.ts';
import { Money } from './money.ts';
import { type BadLine, type RequestSink, readLedger } from './read.ts';
import type { Billing, LedgerRecord } from './record.ts';
import { isUnpriced } from './unpriced.ts';

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

/** Adds requests up, exactly and in any order. */
export class Sum {
  #requests = 0;
  #failed = 0;
  #unpriced = 0;
  #input = 0;
  #output = 0;
  #cacheRead = 0;
  #cacheWrite = 0;
  readonly #money = new Money();

  /** @param sign -1 takes a request away that was added */
  add(record: LedgerRecord, sign: 1 | -1 = 1): void {
    this.#requests += sign;
    if (record.status !== 'success') this.#failed += sign;
    if (record.cost_usd === null) {
      if (isUnpriced(record)) this.#unpriced += sign;
    } else this.#money.add(record.cost_usd * sign);
    this.#input += sign * record.input_tokens;
    this.#output += sign * record.output_tokens;
    this.#cacheRead += sign * record.cache_read_tokens;
    this.#cacheWrite += sign * (record.cache_write_5m_tokens + record.cache_write_1h_tokens);
  }

  /** One sum over what several are of. */
  static of(sums: readonly Sum[]): Sum {
    const all = new Sum();
    for (const sum of sums) {
      all.#requests += sum.#requests;
      all.#failed += sum.#failed;
      all.#unpriced += sum.#unpriced;
      all.#input += sum.#input;
      all.#output += sum.#output;
      all.#cacheRead += sum.#cacheRead;
      all.#cacheWrite += sum.#cacheWrite;
      all.#money.plus(sum.#money);
    }
    return all;
  }

  totals(): Totals {
    return {
      requests: this.#requests,
      failed: this.#failed,
      unpriced: this.#unpriced,
      cost_usd: this.#money.usd,
      input_tokens: this.#input,
      output_tokens: this.#output,
      cache_read_tokens: this.#cacheRead,
      cache_write_tokens: this.#cacheWrite,
    };
  }
}

/** Requests in groups by a name; the group under `null` is what has no name. */
export class GroupedSum {
  readonly #groups = new Map<string | null, Sum>();
  readonly #always: ReadonlySet<string | null>;
  #name: string | null | undefined;
  #sum = new Sum();

  /** @param always names that have a row without requests too */
  constructor(...always: readonly (string | null)[]) {
    this.#always = new Set(always);
    for (const name of always) this.#groups.set(name, new Sum());
  }

  add(name: string | null, record: LedgerRecord, sign: 1 | -1 = 1): void {
    // Neighbours in a ledger often are of one group.
    if (name !== this.#name) {
      this.#sum = this.#groups.get(name) ?? this.#newGroup(name);
      this.#name = name;
    }
    this.#sum.add(record, sign);
  }

  #newGroup(name: string | null): Sum {
    const sum = new Sum();
    // A copy: the name may be a part of a whole chunk's text, which it would keep in memory.
    this.#groups.set(name === null ? null : Buffer.from(name).toString(), sum);
    return sum;
  }

  /** Of the requests in these groups together. */
  totalsOf(names: readonly string[]): Totals {
    return Sum.of(names.flatMap((name) => this.#groups.get(name) ?? [])).totals();
  }

  /** Dearest first, then by name; what has no name comes last. */
  rows(): (Totals & { readonly name: string | null })[] {
    return [...this.#groups]
      .map(([name, sum]) => ({ name, ...sum.totals() }))
      .filter(({ name, requests }) => requests > 0 || this.#always.has(name))
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

/**
 * Hands every request of a ledger to `each`, and answers with what could not be read. A request whose later line comes is
 * handed over again with the sign -1, as it was, and then as it is.
 */
export function foldLedger(
  ledger: string,
  each: (record: LedgerRecord, sign: 1 | -1) => void,
  watch?: Watch,
): LedgerFaults {
  const bad: BadLine[] = [];
  let [badLines, otherLines, undated] = [0, 0, 0];
  const sink: RequestSink = {
    add: (record) => {
      if (record.ts === '') undated += 1;
      each(record, 1);
    },
    remove: (record) => {
      if (record.ts === '') undated -= 1;
      each(record, -1);
    },
    bad: (line) => {
      badLines += 1;
      if (bad.length < BAD_LINES_SHOWN) bad.push(line);
    },
    other: () => {
      otherLines += 1;
    },
  };
  readLedger(ledger, sink, watch);
  return { bad_lines: badLines, bad, other_lines: otherLines, undated };
}

/** Which kinds of payment the money of these requests falls under. */
export type ByBilling = Readonly<Record<Billing, Totals>>;

export class BillingSum {
  readonly #sums = { api: new Sum(), plan: new Sum(), local: new Sum(), unknown: new Sum() };

  add(record: LedgerRecord, sign: 1 | -1 = 1): void {
    this.#sums[record.billing].add(record, sign);
  }

  /** Of all requests, however they are paid for. */
  total(): Totals {
    return Sum.of(Object.values(this.#sums)).totals();
  }

  totals(): ByBilling {
    const { api, plan, local, unknown } = this.#sums;
    return { api: api.totals(), plan: plan.totals(), local: local.totals(), unknown: unknown.totals() };
  }
}
