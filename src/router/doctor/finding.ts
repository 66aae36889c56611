/** `error`: it will not work as it is. `warning`: it works, and something is worth knowing. `ok`: looked at and fine. */
export type Severity = 'ok' | 'warning' | 'error';

/** One thing that was looked at. */
export interface Finding {
  /** Stable name of the check, such as `litellm-version`. */
  readonly check: string;
  readonly severity: Severity;
  /** What was seen, one line. */
  readonly what: string;
  /** The command or edit that mends it; `null` when there is nothing to mend. */
  readonly fix: string | null;
  /** The fault lies with something outside that does not answer, not with what is written here. */
  readonly outside: boolean;
}

export function ok(check: string, what: string): Finding {
  return { check, severity: 'ok', what, fix: null, outside: false };
}

export function warning(check: string, what: string, fix: string): Finding {
  return { check, severity: 'warning', what, fix, outside: false };
}

export function failed(check: string, what: string, fix: string): Finding {
  return { check, severity: 'error', what, fix, outside: false };
}

/** An error of something outside: it does not answer. */
export function unreachable(check: string, what: string, fix: string): Finding {
  return { check, severity: 'error', what, fix, outside: true };
}
