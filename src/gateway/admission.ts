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
}

/** Why a request is refused; `message` is what the user reads, with the command that mends it. */
export interface Refusal {
  readonly message: string;
}

/** A request in flight: what it may cost is held against its budgets until its record is there. */
export interface Pass {
  /** The request is over; `record` is what it has really cost, if it is known. */
  settle(record: LedgerRecord | undefined): void;
}

/** Lets requests through, or refuses them because a budget is spent. */
export interface Admission {
  admit(applicant: Applicant): Pass | Refusal;
}

const pass: Pass = { settle: () => {} };

/** Without budgets everything passes. */
export const openDoor: Admission = { admit: () => pass };
