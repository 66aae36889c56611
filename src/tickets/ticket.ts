/** Statuses of a ticket (contracts: Ticket). */
export const ticketStatuses = [
  'pending',
  'in_progress',
  'needs-investigation',
  'ready-to-implement',
  'lint-blocked',
  'review-blocked',
  'commit-blocked',
  'budget-blocked',
  'completed',
  'obsolete',
  'split',
] as const;
export type TicketStatus = (typeof ticketStatuses)[number];

/** Statuses whose tickets live in `completed/`. */
export const closedStatuses: ReadonlySet<string> = new Set(['completed', 'obsolete', 'split']);

/** Highest first. */
export const ticketPriorities = ['critical', 'high', 'medium', 'low'] as const;

/** Which tests a ticket asks for; part of its promise. */
export const testModes = ['new', 'existing', 'none'] as const;
export type TestMode = (typeof testModes)[number];

export interface AffectedFile {
  /** Relative to the project's root, with forward slashes. */
  readonly path: string;
  readonly action: 'create' | 'modify' | 'delete' | undefined;
  readonly description: string;
  /** 1-based line where it stands. */
  readonly line: number;
}

export interface AcceptanceCriterion {
  /** `AC-1`; empty when the line carries none. */
  readonly id: string;
  readonly text: string;
  readonly checked: boolean;
  readonly line: number;
}

/** One `##` section of the body. */
export interface Section {
  readonly title: string;
  /** Without the heading line. */
  readonly text: string;
  /** 1-based line of the heading. */
  readonly line: number;
}

/** What a list says of a ticket: nothing but what the index of tickets holds. */
export interface ListedTicket {
  /** As in the front matter; the file name's when it has none. */
  readonly id: string;
  /** `FEAT` of `FEAT-001`. */
  readonly prefix: string;
  readonly title: string;
  /** As written, also when it is no known status. */
  readonly status: string;
  readonly priority: string;
  readonly tags: readonly string[];
  /** Union of `depends_on`, the ids among `blockers`, and the Dependencies table. */
  readonly dependsOn: readonly string[];
  /** Text in `blockers` that is no ticket id: the ticket is not ready. */
  readonly otherBlockers: readonly string[];
  /** Ids of the parts of a ticket that was split. */
  readonly splitInto: readonly string[];
  /** Absolute path. */
  readonly file: string;
  readonly folder: 'pending' | 'completed';
}

/** A ticket file that could be read. What is wrong with its content is `validate`'s business. */
export interface Ticket extends ListedTicket {
  readonly tests: TestMode;
  /** Union of front matter and table, by path. */
  readonly affectedFiles: readonly AffectedFile[];
  readonly criteria: readonly AcceptanceCriterion[];
  readonly verificationCommands: readonly string[];
  readonly sections: readonly Section[];
  /** The whole front matter as YAML values (core schema: dates are strings). */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The file's text as it is on disk. */
  readonly text: string;
}

/** A file in a ticket folder that could not be read as a ticket. Always shown and counted. */
export interface BrokenTicket {
  /** Relative to the project's root. */
  readonly file: string;
  readonly line: number;
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}
