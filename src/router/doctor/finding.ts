/** `error`: it will not work as it is. `warning`: it works, and something is worth knowing. `ok`: looked at and fine. */
export type Severity = 'ok' | 'warning' | 'error';

/** What the doctor looks at; docs/router.md says for each what a finding means. */
export const checkNames = [
  'config',
  'role',
  'model',
  'address',
  'provider',
  'provider-reachable',
  'tier',
  'litellm',
  'litellm-version',
  'litellm-tags',
  'ollama',
  'ollama-model',
  'ollama-context',
  'free-local',
  'gateway',
  'hooks',
] as const;
export type CheckName = (typeof checkNames)[number];

/** One thing that was looked at. */
export interface Finding {
  /** Stable name of the check, such as `litellm-version`. */
  readonly check: CheckName;
  readonly severity: Severity;
  /** What was seen, one line. */
  readonly what: string;
  /** The command or edit that mends it; `null` when there is nothing to mend. */
  readonly fix: string | null;
  /** The fault lies with something outside that does not answer, not with what is written here. */
  readonly outside: boolean;
}

export function ok(check: CheckName, what: string): Finding {
  return { check, severity: 'ok', what, fix: null, outside: false };
}

export function warning(check: CheckName, what: string, fix: string): Finding {
  return { check, severity: 'warning', what, fix, outside: false };
}

export function failed(check: CheckName, what: string, fix: string): Finding {
  return { check, severity: 'error', what, fix, outside: false };
}

/** An error of something outside: it does not answer. */
export function unreachable(check: CheckName, what: string, fix: string): Finding {
  return { check, severity: 'error', what, fix, outside: true };
}
