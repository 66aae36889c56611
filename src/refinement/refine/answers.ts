import type { Ticket } from '../../tickets/ticket.ts';

/** Front matter key of the answers that somebody gave to questions of refinement, so that they are not asked again. */
export const ANSWERS_KEY = 'refinement';

/** The answers that stand in a ticket, such as `not-duplicate-of:FEAT-002`, `not-obsolete`, `priority-fits`. */
export function standingAnswers({ fields }: Pick<Ticket, 'fields'>): ReadonlySet<string> {
  const value = fields[ANSWERS_KEY];
  return new Set(Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []);
}

/** The command that adds an answer to those that stand. */
export function answerCommand(id: string, standing: ReadonlySet<string>, answer: string): string {
  return `backlog ticket edit ${id} --set '${ANSWERS_KEY}=[${[...standing, answer].map((one) => JSON.stringify(one)).join(', ')}]'`;
}
