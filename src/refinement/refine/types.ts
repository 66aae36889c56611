import type { Finding } from '../../tickets/finding.ts';
import type { Ticket } from '../../tickets/ticket.ts';
import type { DuplicatePair } from '../duplicates.ts';
import type { ReferenceFinding } from '../references/index.ts';
import type { Countable, Health } from './health.ts';

/** A ticket that nobody can want any more, and what says so. */
export interface Obsolete {
  readonly id: string;
  readonly reason: string;
}

/** What the checks have found, over the whole backlog. */
export interface RefinementFacts {
  /** Those that were asked about and could be read. */
  readonly tickets: readonly RefinableTicket[];
  readonly findings: readonly Finding[];
  /** Paths that git knows the new place of. */
  readonly moved: readonly ReferenceFinding[];
  readonly obsolete: readonly Obsolete[];
  /** Ids of tickets whose files are missing, in a project that has none of the backlog's files. */
  readonly doubtful: readonly string[];
  /** Verification commands that are not run, as they are neither a gate nor a script with plain paths. */
  readonly notRun: readonly { readonly id: string; readonly command: string }[];
  readonly duplicates: readonly DuplicatePair[];
  readonly broken: readonly BrokenFile[];
}

/** `valid`: nothing to do. `attention`: errors or warnings. The others are proposals, which a person decides. */
export type RefinementState = 'valid' | 'attention' | 'duplicate' | 'obsolete';

/** What refinement keeps of a ticket: some hundred bytes, where the whole ticket has thousands. */
export interface RefinableTicket
  extends Countable,
    Pick<Ticket, 'id' | 'prefix' | 'title' | 'priority' | 'status' | 'file'> {
  /** SHA-256 of the whole text: whoever reads it again knows whether it is the one that was looked at. */
  readonly digest: string;
  /** Of a bug; empty where the front matter has none. */
  readonly severity: string;
  /** That stand in the ticket. */
  readonly answers: readonly string[];
  /** How much judgement its questions deserve. */
  readonly tier: Tier;
  /** What its section "Refinement Status" says; `null` where it has none. */
  readonly mark: string | null;
  readonly hasEstimate: boolean;
}

export interface RefinedTicket {
  readonly ticket: RefinableTicket;
  readonly state: RefinementState;
  /** One line each; empty for a valid ticket. */
  readonly details: readonly string[];
  readonly findings: readonly Finding[];
}

export interface Refinement {
  /** In the order in which they should be looked at. */
  readonly tickets: readonly RefinedTicket[];
  readonly duplicates: readonly DuplicatePair[];
  readonly moved: readonly ReferenceFinding[];
  readonly questions: readonly Question[];
  readonly health: Health;
  /** Files that cannot be read as tickets; nothing else here speaks of them. */
  readonly broken: readonly BrokenFile[];
}

export interface BrokenFile {
  /** As the report names it. */
  readonly file: string;
  readonly message: string;
}

export interface Option {
  readonly answer: string;
  /** What carries it out; absent where a text has to be written. */
  readonly command?: string;
}

export type Tier = 'no-llm' | 'cheap-llm' | 'requires-frontier';

/** What needs judgement. Answered by a person, or by a model of the tier where the user lets one answer. */
export interface Question {
  /** Stays the same from run to run: ticket and matter. */
  readonly id: string;
  /** `null` where it is about the backlog. */
  readonly ticket: string | null;
  readonly kind: 'files' | 'obsolete' | 'duplicate' | 'priority' | 'mend';
  readonly question: string;
  readonly options: readonly Option[];
  readonly tier: Tier;
}
