import type { Attribution } from '../attribution/attribution.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { ProjectSettings } from './project-settings.ts';
import type { RequestFacts } from './request-facts.ts';

/** A request that asks to be let through. */
export interface Applicant {
  readonly facts: RequestFacts;
  readonly attribution: Attribution;
  readonly settings: ProjectSettings;
  readonly ledger: string;
  readonly sessionId: string | null;
  /** Kind of the upstream that it goes to: on this machine it costs nothing. */
  readonly provider: string;
  /** Whether the client has gone away meanwhile. */
  readonly isGone: () => boolean;
}

/** Why a request is refused; `message` is what the user reads, with the command that mends it. */
export interface Refusal {
  readonly message: string;
}

/** A request in flight: what it may cost is held against its budgets until its record is there. */
export interface Pass {
  /** The request is over; `record` is what it has really cost, if it is known. Later calls do nothing. */
  settle(record: LedgerRecord | undefined): void;
}

/** Lets requests through, or refuses them because a budget is spent. */
export interface Admission {
  /** May wait a while for requests in flight whose estimates leave no room; of those that wait, the first goes first. */
  admit(applicant: Applicant): Promise<Pass | Refusal>;
}
