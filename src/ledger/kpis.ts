import { normaliseModel } from './model-name.ts';
import { Money } from './money.ts';
import { priceTable } from './price-table.ts';
import type { LedgerRecord } from './record.ts';

/** A figure that says whether money is well spent, and what it should be. */
export interface Kpi {
  readonly name: 'cache_hit_rate' | 'cheap_calls' | 'batch_rate' | 'escalation_rate' | 'cost_per_ticket_usd';
  /** A share from 0 to 1, or USD; `null` when there is nothing that it could be of. */
  readonly value: number | null;
  readonly target: number;
  /** Whether the value should be at least, or below, the target. */
  readonly wanted: 'at least' | 'below';
  readonly met: boolean | null;
}

/** USD per million input tokens up to which a model counts as cheap. */
const CHEAP_INPUT = 1;

/** Adds up what the five figures are made of. */
export class KpiSum {
  readonly #attributed = new Money();
  readonly #tickets = new Map<string, { requests: number }>();
  readonly #cheapModels = new Map<string | null, boolean>();
  #requests = 0;
  #cheap = 0;
  #batch = 0;
  #escalated = 0;
  #input = 0;
  #cached = 0;

  add(record: LedgerRecord, sign: 1 | -1): void {
    // What was refused or never answered says nothing about how models are used.
    if (record.status === 'success' || record.cost_usd) {
      this.#requests += sign;
      if (this.#isCheap(record)) this.#cheap += sign;
      if (record.batch_job_id !== null) this.#batch += sign;
      if (record.escalation_reason !== null) this.#escalated += sign;
      this.#cached += sign * record.cache_read_tokens;
      this.#input +=
        sign *
        (record.input_tokens +
          record.cache_read_tokens +
          record.cache_write_5m_tokens +
          record.cache_write_1h_tokens);
    }
    if (record.ticket_id !== null && record.cost_usd) {
      this.#attributed.add(sign * record.cost_usd);
      const ticket = this.#tickets.get(record.ticket_id);
      if (ticket === undefined)
        this.#tickets.set(Buffer.from(record.ticket_id).toString(), { requests: sign });
      else ticket.requests += sign;
    }
  }

  kpis(): Kpi[] {
    const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
    const tickets = [...this.#tickets.values()].filter(({ requests }) => requests > 0).length;
    return [
      kpi('cache_hit_rate', share(this.#cached, this.#input), 'at least', 0.6),
      kpi('cheap_calls', share(this.#cheap, this.#requests), 'at least', 0.7),
      kpi('batch_rate', share(this.#batch, this.#requests), 'at least', 0.3),
      kpi('escalation_rate', share(this.#escalated, this.#requests), 'below', 0.05),
      kpi('cost_per_ticket_usd', share(this.#attributed.usd, tickets), 'below', 2),
    ];
  }

  /** Asked of the tiers free and cheap, answered on this machine, or by a model whose input costs at most 1 USD a million. */
  #isCheap({ tier, billing, price_source, model }: LedgerRecord): boolean {
    if (tier === 'free' || tier === 'cheap' || billing === 'local' || price_source === 'local') return true;
    const known = this.#cheapModels.get(model);
    if (known !== undefined) return known;
    const name = normaliseModel(model ?? '').name;
    const cheap = Object.hasOwn(priceTable, name) && (priceTable[name]?.input ?? Infinity) <= CHEAP_INPUT;
    this.#cheapModels.set(model === null ? null : Buffer.from(model).toString(), cheap);
    return cheap;
  }
}

function kpi(name: Kpi['name'], value: number | null, wanted: Kpi['wanted'], target: number): Kpi {
  const met = value === null ? null : wanted === 'at least' ? value >= target : value < target;
  return { name, value, target, wanted, met };
}
