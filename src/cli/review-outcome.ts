import type { ReviewOutcome } from '../gates/review.ts';
import type { Io } from './io.ts';
import { printResult } from './output.ts';

/** Prints what a verdict came to, and what is next. */
export function printReview(io: Io, done: ReviewOutcome): void {
  const { ticketId, verdict, reviewer, role, shownAs, blocking, gate, reviewBlocked } = done;
  printResult(io, {
    json: {
      ticket_id: ticketId,
      verdict,
      reviewer,
      role,
      blocking,
      gate: gate === undefined ? null : { verdict: gate.verdict, holds: gate.holds, reason: gate.reason },
      review_blocked: reviewBlocked,
      next: nextOf(done),
    },
    text: `${ticketId} review: ${verdict} by ${shownAs}${reviewBlocked ? '; the ticket is review-blocked now, a person decides' : ''}`,
  });
}

function nextOf({ ticketId, gate, verdict, reviewBlocked }: ReviewOutcome): string {
  if (reviewBlocked) return `backlog gate status ${ticketId}; a person decides how it goes on`;
  if (gate?.holds) return `backlog commit --ticket ${ticketId} --type feat --summary "<what it does now>"`;
  if (verdict === 'approved' && gate?.verdict === 'missing')
    return `backlog gate status ${ticketId}; ${gate.reason}`;
  return `mend what the findings name, then backlog gate run --stale --ticket ${ticketId}`;
}
