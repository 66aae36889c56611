/** What is wrong with a ticket, where, and how to mend it. */
export interface Finding {
  readonly code: string;
  /** Errors block; warnings are for the eye. */
  readonly severity: 'error' | 'warning';
  /** Absolute. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly message: string;
  readonly fix: string;
}
