import { ownText } from '../../platform/own-text.ts';
import type { BacklogConfig } from '../../project/config.ts';
import { findSection } from '../../tickets/body.ts';
import { COST_ESTIMATE } from '../../tickets/cost-estimate.ts';
import { isFilled } from '../../tickets/filled.ts';
import type { Ticket } from '../../tickets/ticket.ts';
import { digestOf } from '../own-text.ts';
import { standingAnswers } from './answers.ts';
import { tierOf } from './questions.ts';
import type { RefinableTicket } from './types.ts';

/** The title of the section that says what refinement thinks of a ticket. */
export const SECTION = 'Refinement Status';

/** What refinement needs of a ticket, in texts of its own: the whole ticket can go then. */
export function refinable(ticket: Ticket, config: BacklogConfig): RefinableTicket {
  const { id, prefix, title, priority, status, file } = ticket;
  const filled = new Set(
    ticket.sections.filter(({ text }) => isFilled(text)).map(({ title: name }) => name.trim().toLowerCase()),
  );
  const mark = ticket.sections.find(({ title: name }) => name.trim().toLowerCase() === SECTION.toLowerCase());
  const own = ownText({
    id,
    prefix,
    title,
    priority,
    status,
    severity: typeof ticket.fields.severity === 'string' ? ticket.fields.severity : '',
    answers: [...standingAnswers(ticket)],
    mark: mark?.text ?? null,
  });
  // Written out: see `found` of the checks.
  return {
    id: own.id,
    prefix: own.prefix,
    title: own.title,
    priority: own.priority,
    status: own.status,
    file,
    digest: digestOf(ticket),
    severity: own.severity,
    answers: own.answers,
    tier: tierOf(ticket),
    mark: own.mark,
    hasEstimate: isFilled(findSection(ticket.sections, COST_ESTIMATE)?.text ?? ''),
    missingSections: requiredSections(config).filter((one) => !filled.has(one) && one !== 'dependencies')
      .length,
    hasTests: filled.has('test strategy'),
    hasDependencies: ticket.dependsOn.length > 0 || filled.has('dependencies'),
    hasFiles: ticket.affectedFiles.length > 0,
  };
}

/** As headings have them, in small letters. */
function requiredSections({ backlog }: BacklogConfig): string[] {
  return backlog.requiredSections.map((name) => name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase());
}
