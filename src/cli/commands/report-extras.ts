/** What the report knows beside the ledger. */
export interface ReportExtras {
  /** Tickets with an estimate that have cost something; tokens. `null` outside a project, and when there is none. */
  readonly estimates: {
    readonly tickets: number;
    readonly estimated_tokens: number;
    readonly actual_tokens: number;
  } | null;
  /** Gate runs that said no; `null` where no evidence is looked at (`--ledger`, outside a project), and rework is not known. */
  readonly failed_gate_runs: number | null;
  /** Where the requests come from. */
  readonly source: 'ledger' | 'transcripts';
  /** Rows of transcripts that could not be read; they are missing in the sums. */
  readonly bad_transcript_rows: number;
  /** One command that is worth typing now. */
  readonly next: string;
}
