/** The file form of a context: which ticket, gate and agent requests are for. Empty strings are unknown values. */
export interface Context {
  readonly ticket_id: string;
  readonly gate: string;
  readonly project: string;
  readonly agent_type: string;
  readonly skill: string;
  /** RFC 3339, UTC. */
  readonly updated_at: string;
}

/** Which rule found a context, in the order in which they are tried (contracts: Attribution). */
export type AttributedBy = 'agent' | 'marker' | 'parent' | 'session' | 'file' | 'none';

/** A context and the rule that found it; without a context every field is absent. */
export interface Attribution {
  readonly context: Context | undefined;
  readonly attributed_by: AttributedBy;
}
