import { isFields, type StateFields } from './state-schema.ts';

/** The averages that follow from the totals. */
export function withAverages(state: StateFields): StateFields {
  const stats = isFields(state.stats) ? state.stats : {};
  const review = isFields(stats.reviewStats) ? stats.reviewStats : {};
  return {
    ...state,
    stats: {
      ...stats,
      avgReviewRoundsPerTicket: ratio(stats.totalReviewRounds, stats.totalTicketsCompleted),
      reviewStats: { ...review, avgConfidence: ratio(review.confidenceSum, review.totalFindings) },
    },
  };
}

/** The sum behind the average confidence, which an older state has not. Asked for before confidences are counted. */
export function withConfidenceSum(state: StateFields): StateFields {
  const stats = isFields(state.stats) ? state.stats : {};
  const review = isFields(stats.reviewStats) ? stats.reviewStats : {};
  if (typeof review.confidenceSum === 'number') return state;
  const confidenceSum = numberOf(review.avgConfidence) * numberOf(review.totalFindings);
  return { ...state, stats: { ...stats, reviewStats: { ...review, confidenceSum } } };
}

/** One more ticket that this session has completed; another session begins a list of its own. */
export function withCompleted(
  state: StateFields,
  ticketId: string,
  sessionId: string | undefined,
): StateFields {
  const session = sessionId ?? null;
  const before =
    (state.session ?? null) === session && Array.isArray(state.completedThisSession)
      ? state.completedThisSession
      : [];
  const completedThisSession = before.includes(ticketId) ? before : [...before, ticketId];
  return { ...state, session, completedThisSession };
}

function ratio(sum: unknown, number: unknown): number {
  const divisor = numberOf(number);
  return divisor === 0 ? 0 : Number((numberOf(sum) / divisor).toFixed(4));
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
