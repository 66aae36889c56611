/** One finding of a type checker, linter or compiler. */
export interface ToolFinding {
  /** Relative to the folder in which the tool ran, as far as it tells; empty when it names none. */
  readonly file: string;
  /** 1-based; 0 when the tool names none. */
  readonly line: number;
  /** 1-based; 0 when the tool names none. */
  readonly column: number;
  readonly rule: string;
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

/** Parts of a finding as a tool writes them; what is missing is filled in. */
export interface FindingParts {
  readonly file?: unknown;
  readonly line?: unknown;
  readonly column?: unknown;
  readonly rule?: unknown;
  readonly message?: unknown;
  /** Whatever is not one of the words for less than an error counts as an error. */
  readonly severity?: unknown;
}

const less = new Set(['warning', 'warn', 'info', 'information', 'note', 'help', 'hint', 'style', 'refactor']);

export function findingOf(parts: FindingParts): ToolFinding {
  return {
    file: textOf(parts.file).replace(/^\.\//, ''),
    line: placeOf(parts.line),
    column: placeOf(parts.column),
    rule: textOf(parts.rule),
    message: textOf(parts.message).trim(),
    severity: less.has(textOf(parts.severity).toLowerCase()) ? 'warning' : 'error',
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function placeOf(value: unknown): number {
  const place = Number(value ?? 0);
  return Number.isSafeInteger(place) && place > 0 ? place : 0;
}
