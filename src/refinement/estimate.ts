import type { Confidence } from '../ledger/cost-averages.ts';
import { type CostEntry, filesOf } from '../ledger/cost-entry.ts';
import { type PriceOverrides, priceRequest } from '../ledger/prices.ts';
import { classifyTicket } from '../tickets/classify.ts';
import { isFilledValue } from '../tickets/filled.ts';
import type { Ticket } from '../tickets/ticket.ts';

/**
 * Tokens by what a ticket does, and what agents need around it (reading, tests, review): the formula of the program that this one
 * replaces. It is only where estimates begin: what tickets really took corrects it.
 */
const FORMULA = {
  input: { modified: 8000, created: 3000 },
  output: { modified: 2500, created: 4000, test: 1200 },
  overhead: 2.5,
  inputShare: 0.6,
} as const;

/** Of an agent's input, what it reads again from the prompt cache; the rest is written to it. */
const CACHED_SHARE = 0.8;
/** Input of one request, so that the dearer rates for long prompts are not taken for a ticket's sum. */
const TOKENS_A_REQUEST = 50_000;
/** How many of the newest like tickets count, as in the averages. */
const WINDOW = 20;
const ENOUGH = 5;

export interface EstimateFacts {
  /** Completed tickets, the oldest first. */
  readonly entries: readonly CostEntry[];
  /** A row each: what a tier means. */
  readonly models: readonly { readonly tier: string; readonly model: string }[];
  /** `fast` or `full`, as a wave would choose. */
  readonly pipeline: string;
  /** New tests that are asked for where the ticket names none. */
  readonly leastTests: number;
  /** RFC 3339, UTC: prices of this moment. */
  readonly at: string;
  readonly overrides?: PriceOverrides | undefined;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface ModelEstimate {
  readonly tier: string;
  readonly model: string;
  readonly tokens: number;
  readonly tokens_range: Interval;
  /** USD, without discounts; `null` when the price is not known. */
  readonly usd: number | null;
  readonly usd_range: Interval | null;
  /** USD, with 80 % of the input read from the prompt cache. */
  readonly usd_cached: number | null;
  /** USD at the batch price. */
  readonly usd_batch: number | null;
  readonly price_source: string | null;
}

export interface TicketEstimate {
  readonly counts: Counts;
  readonly complexity: string;
  readonly pipeline: string;
  /** `default formula`, or the like tickets that corrected it. */
  readonly source: string;
  readonly confidence: Confidence;
  readonly sample_size: number;
  readonly models: readonly ModelEstimate[];
}

interface Counts {
  readonly modified: number;
  readonly created: number;
  readonly tests: number;
}

/** What a ticket will take, a row a model, with an interval. Nothing is asked of a model. */
export function estimateTicket(ticket: Ticket, facts: EstimateFacts): TicketEstimate {
  const counts = countsOf(ticket, facts.leastTests);
  const { complexity } = classifyTicket(ticket);
  const like = likeTickets(facts.entries, { type: ticket.prefix, complexity, pipeline: facts.pipeline });
  const tokenRatios = like.entries.flatMap((entry) =>
    entry.total_tokens > 0 ? [entry.total_tokens / total(entryCounts(entry))] : [],
  );
  const costRatios = like.entries.flatMap((entry) => costRatio(entry, facts) ?? []);
  const tokens = spread(tokenRatios);
  const usd = spread(costRatios.length > 0 ? costRatios : []);
  const prior = total(counts);
  return {
    counts,
    complexity,
    pipeline: facts.pipeline,
    source: like.entries.length === 0 ? 'default formula' : `${like.what} (${like.entries.length})`,
    confidence: confidenceOf(like),
    sample_size: like.entries.length,
    models: facts.models.map(({ tier, model }) => {
      const cost = (more: Discount): number | null => priceOf(prior, model, facts, more).usd;
      const list = cost({});
      return {
        tier,
        model,
        tokens: Math.round(prior * tokens.middle),
        tokens_range: rangeOf(prior, tokens, 0),
        usd: times(list, usd.middle),
        usd_range: list === null ? null : rangeOf(list, usd, 6),
        usd_cached: times(cost({ cached: true }), usd.middle),
        usd_batch: times(cost({ batch: true }), usd.middle),
        price_source: priceOf(prior, model, facts, {}).source,
      };
    }),
  };
}

function countsOf(ticket: Ticket, leastTests: number): Counts {
  const created = ticket.affectedFiles.filter(({ action }) => action === 'create').length;
  const other = ticket.affectedFiles.length - created;
  const strategy = ticket.sections.find(({ title }) => title.toLowerCase() === 'test strategy')?.text ?? '';
  const named = strategy.split('\n').filter((line) => {
    const item = /^[-*+] +(?:\[[ xX]\] +)?(\S.*)$/.exec(line.trim())?.[1];
    return item !== undefined && isFilledValue(item);
  }).length;
  return {
    // A ticket that names no file changes one at least.
    modified: created + other === 0 ? 1 : other,
    created,
    tests: ticket.tests === 'new' ? named || leastTests : 0,
  };
}

function entryCounts(entry: CostEntry): Counts {
  return {
    modified: filesOf(entry) === 0 ? 1 : entry.files_modified,
    created: entry.files_created,
    tests: entry.tests_added,
  };
}

/** Tokens by the formula: input, output and overhead. */
function total({ modified, created, tests }: Counts): number {
  const { input, output, overhead } = FORMULA;
  const own =
    modified * (input.modified + output.modified) +
    created * (input.created + output.created) +
    tests * output.test;
  return own * overhead;
}

interface Like {
  readonly what: string;
  readonly entries: readonly CostEntry[];
  /** How far the group is from this very kind of ticket; 0 is the same type and complexity. */
  readonly distance: number;
}

/** The narrowest group with enough tickets; without one, the narrowest with any. */
function likeTickets(
  entries: readonly CostEntry[],
  {
    type,
    complexity,
    pipeline,
  }: { readonly type: string; readonly complexity: string; readonly pipeline: string },
): Like {
  const sameType = (entry: CostEntry): boolean => entry.ticket_type.toUpperCase() === type.toUpperCase();
  const sameKind = (entry: CostEntry): boolean => sameType(entry) && entry.complexity === complexity;
  const known = entries.filter((entry) => entry.total_tokens > 0);
  const groups: Like[] = [
    {
      what: `${complexity} ${type}, ${pipeline} pipeline`,
      entries: known.filter((one) => sameKind(one) && one.pipeline === pipeline),
      distance: 0,
    },
    { what: `${complexity} ${type}`, entries: known.filter(sameKind), distance: 0 },
    { what: type, entries: known.filter(sameType), distance: 1 },
    { what: 'all tickets', entries: known, distance: 2 },
  ].map((group) => ({ ...group, entries: group.entries.slice(-WINDOW) }));
  const none: Like = { what: '', entries: [], distance: 0 };
  return (
    groups.find((group) => group.entries.length >= ENOUGH) ??
    groups.find((group) => group.entries.length > 0) ??
    none
  );
}

/** By the number of like tickets; a group that is only of the same type, or not even that, is worth less. */
function confidenceOf({ entries, distance }: Like): Confidence {
  if (entries.length === 0) return 'none';
  if (entries.length < ENOUGH || distance === 2) return 'low';
  return entries.length < WINDOW || distance === 1 ? 'medium' : 'high';
}

/** What an entry cost against what the formula says at the price of the model that did most of it. */
function costRatio(entry: CostEntry, facts: EstimateFacts): number | undefined {
  if (entry.cost_usd === null || entry.cost_usd === 0) return undefined;
  const [model] =
    Object.entries(entry.model_breakdown).toSorted(([, a], [, b]) => b.tokens - a.tokens)[0] ?? [];
  if (model === undefined) return undefined;
  const { usd } = priceOf(total(entryCounts(entry)), model, facts, {});
  return usd === null || usd === 0 ? undefined : entry.cost_usd / usd;
}

interface Discount {
  readonly cached?: boolean;
  readonly batch?: boolean;
}

function priceOf(
  tokens: number,
  model: string,
  { at, overrides }: Pick<EstimateFacts, 'at' | 'overrides'>,
  { cached = false, batch = false }: Discount,
): { readonly usd: number | null; readonly source: string | null } {
  const input = tokens * FORMULA.inputShare;
  const requests = Math.max(1, Math.ceil(input / TOKENS_A_REQUEST));
  const each = input / requests;
  const { cost_usd, price_source } = priceRequest({
    model,
    at,
    overrides,
    usage: {
      input_tokens: cached ? 0 : each,
      cache_read_tokens: cached ? each * CACHED_SHARE : 0,
      cache_write_5m_tokens: cached ? each * (1 - CACHED_SHARE) : 0,
      cache_write_1h_tokens: 0,
      output_tokens: (tokens - input) / requests,
      batch,
    },
  });
  return { usd: cost_usd === null ? null : cost_usd * requests, source: price_source };
}

interface Spread {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

/**
 * Median, and the interval in which four of five lie. Of fewer than five nobody knows the spread: half the least to twice the
 * most; of none, a factor of 2.5 to both sides.
 */
function spread(ratios: readonly number[]): Spread {
  const sorted = ratios.toSorted((a, b) => a - b);
  if (sorted.length === 0) return { low: 1 / 2.5, middle: 1, high: 2.5 };
  const middle = quantile(sorted, 0.5);
  if (sorted.length < ENOUGH)
    return { low: (sorted[0] ?? middle) / 2, middle, high: (sorted.at(-1) ?? middle) * 2 };
  return { low: quantile(sorted, 0.1), middle, high: quantile(sorted, 0.9) };
}

function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? 0;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}

function rangeOf(value: number, { low, high }: Spread, digits: number): Interval {
  return { low: rounded(value * low, digits), high: rounded(value * high, digits) };
}

function times(value: number | null, factor: number): number | null {
  return value === null ? null : rounded(value * factor, 6);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
