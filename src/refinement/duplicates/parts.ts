import { type BodySection, findSection } from '../../tickets/body.ts';
import { affectedFileRows, cleanPath, criteriaOf } from '../../tickets/body-parts.ts';
import { withoutComments } from '../../tickets/filled.ts';
import { readBody } from '../../tickets/parse.ts';
import type { Ticket } from '../../tickets/ticket.ts';

/** Sections that say how, when and by whom, or that a program wrote: two tickets for different things share them. */
const notAboutTheMatter: ReadonlySet<string> = new Set([
  'acceptance criteria',
  'actual cost',
  'affected files',
  'cost estimate',
  'definition of done',
  'dependencies',
  'history',
  'ice score',
  'implementation notes',
  'implementation plan',
  'investigation',
  'notes',
  'refinement status',
  'test strategy',
  'validation tests',
]);

export interface TicketParts {
  /** What the ticket says that it is about, without comments and headings. */
  readonly prose: string;
  readonly criteria: readonly string[];
  readonly files: readonly string[];
  /** Ids that the text speaks of, its own among them, in upper case, where it does not call them the same thing. */
  readonly mentions: readonly string[];
}

/**
 * The parts of a ticket that say what it is about. They are read from the text each time and not kept with the ticket: ten
 * thousand parsed bodies would be 100 MiB.
 */
export function ticketParts(ticket: Pick<Ticket, 'text' | 'fields'>): TicketParts {
  const { sections, lines } = readBody(ticket.text);
  const prose =
    sections.length > 0
      ? sections
          .filter(({ title }) => !notAboutTheMatter.has(title.trim().toLowerCase()))
          .map(({ text }) => text)
      : lines.filter(({ heading }) => heading === undefined).map(({ text }) => text);
  const listed = ticket.fields.affected_files;
  const named = Array.isArray(listed) ? listed.filter((one) => typeof one === 'string').map(cleanPath) : [];
  return {
    prose: withoutPlaceholders(withoutComments(prose.join('\n'))),
    criteria: criteriaOf(sections)
      .map(({ text }) => text)
      .filter((text) => !text.startsWith('<')),
    files: [...new Set([...named, ...affectedFileRows(sections).map(({ path }) => path)])],
    mentions: mentionsIn(sections),
  };
}

/** Who names another ticket has seen it. What the program itself wrote about duplicates says nothing of that. */
function mentionsIn(sections: readonly BodySection[]): string[] {
  const found: string[] = [];
  for (const { title, lines } of sections) {
    if (byProgram.has(title.trim().toLowerCase())) continue;
    for (const { text } of lines) {
      if (!text.includes('-') || text.length > LONGEST_LINE) continue;
      const ids = text.match(/\b[A-Za-z][A-Za-z0-9]{0,15}-[0-9]{1,9}(?:\.[0-9]{1,4})*\b/g);
      if (ids === null || /\bduplicat|\bsame as\b/i.test(text)) continue;
      for (const id of ids) if (found.push(id.toUpperCase()) >= MOST_MENTIONS) return found;
    }
  }
  return found;
}

const byProgram: ReadonlySet<string> = new Set(['history', 'refinement status']);
const LONGEST_LINE = 2_000;
const MOST_MENTIONS = 100;

/** The acceptance criteria section of a ticket with its ids, for saying which ones two tickets share. */
export function criteriaWithIds(
  ticket: Pick<Ticket, 'text'>,
): { readonly id: string; readonly text: string }[] {
  const { sections } = readBody(ticket.text);
  return findSection(sections, 'Acceptance Criteria') ? criteriaOf(sections) : [];
}

function withoutPlaceholders(text: string): string {
  return text.replaceAll(/<[^<>\n]{1,200}>/g, ' ');
}
