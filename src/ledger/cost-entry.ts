/** What a completed ticket has cost and taken, in `entries` of `.claude/cost-history.json`. */
export interface CostEntry {
  readonly ticket_id: string;
  /** The prefix of its id: `FEAT`. */
  readonly ticket_type: string;
  /** `null` where an older program did not write it. */
  readonly complexity: string | null;
  readonly pipeline: string | null;
  readonly files_modified: number;
  readonly files_created: number;
  readonly tests_added: number;
  /** Input, output and cache tokens. */
  readonly total_tokens: number;
  /** USD; `null` when nobody knows it: no request was seen, or one has no price. */
  readonly cost_usd: number | null;
  readonly model_breakdown: Readonly<Record<string, ModelShare>>;
  readonly review_rounds: number;
  /** Of the gates that were run, those whose first result was a pass. */
  readonly gates_passed_first_try: number;
  /** How many gates were run; older programs did not write it and always ran five. */
  readonly gates_run?: number;
  /** What the ticket's Cost Estimate said, in the row of the model that did most of the work; absent without one. */
  readonly estimated_tokens?: number;
  /** USD; `null` when the estimate has no row with a price for that model. */
  readonly estimated_cost_usd?: number | null;
  /** UTC day. */
  readonly date: string;
}

export interface ModelShare {
  readonly requests: number;
  readonly tokens: number;
  readonly cost_usd: number | null;
}

const ALL_GATES = 5;

/** Every gate that was run passed at its first try. */
export function isSuccess({ gates_passed_first_try, gates_run = ALL_GATES }: CostEntry): boolean {
  return gates_run > 0 && gates_passed_first_try === gates_run;
}

/** Files that the ticket changed or made. */
export function filesOf({ files_modified, files_created }: CostEntry): number {
  return files_modified + files_created;
}

/**
 * An entry as any of the older programs wrote it: counts may be lists of files, the cost may be called `actual_cost_usd` or
 * `cost`, the type may be left to the id.
 * @returns `undefined` when it names no ticket
 */
export function readEntry(value: unknown): CostEntry | undefined {
  const fields = fieldsOf(value);
  const id = fields.ticket_id ?? fields.ticketId ?? fields.id;
  if (typeof id !== 'string' || id === '') return undefined;
  return {
    ticket_id: id,
    ticket_type: wordOf(fields.ticket_type ?? fields.type) ?? id.split('-')[0] ?? id,
    complexity: wordOf(fields.complexity),
    pipeline: wordOf(fields.pipeline),
    files_modified: countOf(fields.files_modified),
    files_created: countOf(fields.files_created),
    tests_added: countOf(fields.tests_added),
    total_tokens: tokensOf(fields),
    cost_usd: costOf(fields),
    model_breakdown: breakdownOf(fields.model_breakdown),
    review_rounds: countOf(fields.review_rounds),
    gates_passed_first_try: countOf(fields.gates_passed_first_try),
    ...(typeof fields.gates_run === 'number' ? { gates_run: countOf(fields.gates_run) } : {}),
    ...(typeof fields.estimated_tokens === 'number'
      ? {
          estimated_tokens: countOf(fields.estimated_tokens),
          estimated_cost_usd: costOf({ cost_usd: fields.estimated_cost_usd }),
        }
      : {}),
    date: wordOf(fields.date ?? fields.completed) ?? '',
  };
}

type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function wordOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function countOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}

function tokensOf(fields: Fields): number {
  if (typeof fields.total_tokens === 'number') return countOf(fields.total_tokens);
  return countOf(fields.input_tokens) + countOf(fields.output_tokens);
}

function costOf(fields: Fields): number | null {
  const value = fields.cost_usd ?? fields.actual_cost_usd ?? fields.cost;
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

/** The first program wrote a bare number of USD by model. */
function breakdownOf(value: unknown): Readonly<Record<string, ModelShare>> {
  return Object.fromEntries(
    Object.entries(fieldsOf(value)).map(([model, share]): [string, ModelShare] => {
      const fields = typeof share === 'number' ? { cost_usd: share } : fieldsOf(share);
      return [
        model,
        { requests: countOf(fields.requests), tokens: countOf(fields.tokens), cost_usd: costOf(fields) },
      ];
    }),
  );
}
