import type { Found } from '../retrieval/answer.ts';
import type { TicketDiff } from './difference.ts';
import type { Evidence } from './evidence.ts';
import type { Precheck } from './precheck.ts';
import type { PromiseChange } from './promise.ts';
import type { Reviewer, ReviewPlan } from './reviewers.ts';
import type { ReviewFinding } from './verdict.ts';

/** What a verdict answers for: `.backlog-ops/reviews/<id>.json`. */
export interface ReviewRequest {
  readonly v: 1;
  readonly id: string;
  /** The request that this one is a part of; its own id where one reviewer is asked, and for the whole. */
  readonly round: string;
  readonly ticket_id: string;
  /** In whose place the verdict is given; `null` for the whole round, which only a person answers. */
  readonly reviewer: string | null;
  /** The gate needs this verdict. */
  readonly required: boolean;
  /** Names of the reviewers whom the gate needs. */
  readonly reviewers: readonly string[];
  /** Code tree that was shown. */
  readonly tree: string;
  /** Digest of the difference from the base to that tree. */
  readonly diff: string;
  readonly base_commit: string;
  /** Code tree that this reviewer judged before; then the difference from there is what is new. */
  readonly reviewed_tree: string | null;
  readonly created_at: string;
}

/** One reviewer's part of a round. */
export interface ReviewerPackage {
  readonly request: ReviewRequest;
  readonly reviewer: Reviewer;
  /** What changed since the tree that this reviewer judged before. */
  readonly since: TicketDiff | undefined;
  /** The whole change is shown although less would do. */
  readonly full: boolean;
  /** The verdict on this very change is there: nobody has to be asked again. */
  readonly answered: boolean;
  /** Absolute path of the package in Markdown. */
  readonly file: string;
}

/** A finding that was open in the last verdict of a reviewer. */
export interface OpenFinding extends ReviewFinding {
  /** The reviewer's name; `null` when the verdict was on behalf of all. */
  readonly from: string | null;
}

/** All that reviewers may see: the change and what it was to be, not the story. */
export interface ReviewRound {
  /** What a person answers; where one reviewer is asked, that reviewer's own. */
  readonly request: ReviewRequest;
  readonly plan: ReviewPlan;
  /** One for each reviewer. */
  readonly packages: readonly ReviewerPackage[];
  readonly title: string;
  readonly criteria: readonly { readonly id: string; readonly text: string }[];
  readonly difference: TicketDiff;
  /** What changed since the tree that the first reviewer judged before. */
  readonly since: TicketDiff | undefined;
  /** The evidence of implement and lint that holds. */
  readonly results: readonly Evidence[];
  readonly precheck: Precheck;
  /** Pieces of the code around the change, from the index; none unless `llmOps.ragPolicy.enabled`. */
  readonly relatedCode: readonly Found[];
  /** Numbered from 1 in this order. */
  readonly codeRules: readonly string[];
  readonly codeRulesText: string;
  /** Changed files that the ticket does not name. */
  readonly unnamedFiles: readonly string[];
  /** Changed files that a person let in. */
  readonly includedFiles: readonly string[];
  readonly openFindings: readonly OpenFinding[];
  /** What the promise became since the first plan. */
  readonly planChanges: readonly PromiseChange[];
  /** Confidence from which on a Critical or Important finding blocks. */
  readonly threshold: number;
}
