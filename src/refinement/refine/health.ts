export interface Health {
  /** 0 to 100. */
  readonly score: number;
  readonly obsolete: number;
  /** Tickets that could go if each group of duplicates were one. */
  readonly duplicates: number;
  /** Required sections that are missing or say nothing, over all tickets. */
  readonly missing_sections: number;
  readonly without_test_strategy: number;
  readonly without_dependencies: number;
  /** Points taken off for each ticket: what backlogs of different size are compared by. */
  readonly deduction_per_ticket: number;
  /** Shares in per cent, rounded. */
  readonly percent: {
    readonly valid: number;
    readonly with_tests: number;
    readonly with_dependencies: number;
    readonly with_affected_files: number;
  };
}

/** What of a ticket is counted. */
export interface Countable {
  /** Required sections that are missing or say nothing; "Dependencies" is counted by itself. */
  readonly missingSections: number;
  readonly hasTests: boolean;
  readonly hasDependencies: boolean;
  readonly hasFiles: boolean;
}

interface Counted {
  readonly obsolete: number;
  readonly duplicates: number;
  readonly valid: number;
}

/**
 * 100 − 5 · obsolete − 3 · missing sections − 10 · duplicates − 2 · without test strategy − 2 · without documented
 * dependencies, not below 0.
 */
export function healthOf(tickets: readonly Countable[], counted: Counted): Health {
  let missing = 0;
  let withTests = 0;
  let withDependencies = 0;
  let withFiles = 0;
  for (const ticket of tickets) {
    missing += ticket.missingSections;
    withTests += Number(ticket.hasTests);
    withDependencies += Number(ticket.hasDependencies);
    withFiles += Number(ticket.hasFiles);
  }
  const taken =
    5 * counted.obsolete +
    3 * missing +
    10 * counted.duplicates +
    2 * (tickets.length - withTests) +
    2 * (tickets.length - withDependencies);
  const share = (part: number): number =>
    tickets.length === 0 ? 100 : Math.round((100 * part) / tickets.length);
  return {
    score: Math.max(0, 100 - taken),
    obsolete: counted.obsolete,
    duplicates: counted.duplicates,
    missing_sections: missing,
    without_test_strategy: tickets.length - withTests,
    without_dependencies: tickets.length - withDependencies,
    deduction_per_ticket: tickets.length === 0 ? 0 : Math.round((10 * taken) / tickets.length) / 10,
    percent: {
      valid: share(counted.valid),
      with_tests: share(withTests),
      with_dependencies: share(withDependencies),
      with_affected_files: share(withFiles),
    },
  };
}
