import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { type Clock, utcDay } from '../../platform/clock.ts';
import { writeFileAtomic } from '../../platform/files.ts';
import { withLock } from '../../platform/lock.ts';
import type { Onlookers } from '../../platform/watch.ts';
import type { BacklogConfig } from '../../project/config.ts';
import type { ProjectPaths } from '../../project/paths.ts';
import { dataFolder } from '../../tickets/backlog.ts';
import { editFrontMatter, replaceSection } from '../../tickets/file.ts';
import { type Rewriting, rewriteTickets, withStatus } from '../../tickets/rewrite.ts';
import type { Ticket } from '../../tickets/ticket.ts';
import type { TicketEstimate } from '../estimate.ts';
import { withEstimate } from '../estimate-section.ts';
import { isUntouched } from '../open-tickets.ts';
import { digestOf } from '../own-text.ts';
import { movedByFile, withMoved } from '../references/fix.ts';
import type { ReferenceFinding } from '../references/index.ts';
import { SECTION } from './outline.ts';
import { changesSince, factsOf, lastReport, reportName, reportText } from './report.ts';
import type { RefinedTicket, Refinement, RefinementState } from './types.ts';

export interface Place {
  readonly paths: ProjectPaths;
  readonly config: BacklogConfig;
  readonly clock: Clock;
}

/**
 * Carries out what needs no judgement, as one change that `undo` takes back: obsolete tickets go to `completed/`, paths follow
 * what was moved, duplicates are marked for a person, a mark that is no longer true is taken back, and a missing Cost Estimate is
 * filled in. Tickets that somebody works on are left alone. A second call changes nothing.
 * @returns what was changed, in order
 */
export async function applyRefinement(
  refinement: Refinement,
  { paths, config, clock }: Place,
  estimateOf: (ticket: Ticket) => TicketEstimate,
  onlookers: Onlookers = {},
): Promise<Change[]> {
  const moved = movedByFile(refinement.moved);
  // A text is made more than once, and is the same each time also at midnight.
  const now = clock();
  const facts = { clock: () => now, estimateOf };
  const said = new Map<string, readonly Change[]>();
  const concerned = refinement.tickets.filter((one) => isConcerned(one, moved));
  if (concerned.length === 0) return [];
  const wanted = concerned.map(
    (one): Rewriting => ({
      id: one.ticket.id,
      rewrite: (ticket) => {
        if (digestOf(ticket) !== one.ticket.digest) return undefined;
        const { text, changes } = rewritten(ticket, one, {
          ...facts,
          moved: moved.get(one.ticket.file) ?? [],
        });
        if (text !== ticket.text) said.set(ticket.id, changes);
        return text;
      },
    }),
  );
  const journal = { what: 'refine --apply', clock, ...onlookers };
  const skipped = new Set(await rewriteTickets(paths, config, journal, wanted));
  return concerned.flatMap(({ ticket: { id } }) => (skipped.has(id) ? [] : (said.get(id) ?? [])));
}

/** Whether there may be something to be changed, as far as that can be told without the text. */
function isConcerned(one: RefinedTicket, moved: ReadonlyMap<string, unknown>): boolean {
  const { ticket, state } = one;
  if (!isUntouched(ticket)) return false;
  return state === 'obsolete' || moved.has(ticket.file) || needsMark(one) || !ticket.hasEstimate;
}

interface RewriteFacts {
  readonly clock: Clock;
  readonly estimateOf: (ticket: Ticket) => TicketEstimate;
  readonly moved: readonly ReferenceFinding[];
}

/** The text that a ticket gets, and what to say of that. */
function rewritten(
  ticket: Ticket,
  one: RefinedTicket,
  { clock, estimateOf, moved }: RewriteFacts,
): { readonly text: string; readonly changes: readonly Change[] } {
  const { id } = one.ticket;
  if (one.state === 'obsolete')
    return {
      text: withStatus(marked(ticket.text, one, clock), ticket, 'obsolete', clock),
      changes: [{ id, moved: true, text: `${id} is obsolete: ${one.details[0] ?? ''}` }],
    };
  const changes: string[] = [];
  let text = withMoved(ticket.text, moved);
  if (text !== ticket.text)
    changes.push(...new Set(moved.map(({ from, to }) => `${id}: ${from} → ${to ?? ''}`)));
  if (needsMark(one)) {
    text = marked(text, one, clock);
    if (Object.hasOwn(ticket.fields, 'updated')) text = editFrontMatter(text, { updated: utcDay(clock) });
    changes.push(`${id} is marked ${shownState(one.state)}`);
  }
  if (!one.ticket.hasEstimate) {
    text = withEstimate(text, estimateOf(ticket));
    changes.push(`${id} has a Cost Estimate`);
  }
  return { text, changes: changes.map((said) => ({ id, moved: false, text: said })) };
}

/** Findings come and go with every edit; the mark is about duplicates and obsolete ones. */
function shownState(state: RefinementState): string {
  return state === 'attention' ? 'valid' : state;
}

/** A mark is made for duplicates, and brought up to date where there is one; valid tickets are not touched for it. */
function needsMark(one: RefinedTicket): boolean {
  const { mark } = one.ticket;
  if (mark === null) return one.state === 'duplicate';
  return withoutDate(mark) !== withoutDate(statusText(one, ''));
}

function withoutDate(text: string): string {
  return text.replaceAll(/^Date: .*$/gm, 'Date:').trim();
}

function marked(text: string, one: RefinedTicket, clock: Clock): string {
  return replaceSection(text, SECTION, statusText(one, utcDay(clock)));
}

/** Only what a person has to know; findings are told by the checks themselves, with their lines. */
function statusText({ state, details, findings }: RefinedTicket, day: string): string {
  const own = details.slice(0, details.length - findings.length);
  return [`Status: ${shownState(state)}`, `Date: ${day}`, ...own.map((line) => `- ${line}`)].join('\n\n');
}

/** One change of one ticket. */
export interface Change {
  readonly id: string;
  /** It is in `completed/` now. */
  readonly moved: boolean;
  readonly text: string;
}

export interface Written {
  /** Absolute. The last report when nothing has changed since. */
  readonly file: string;
  readonly written: boolean;
}

/** Writes the report beside the data folder; none when it would say what the last one says. */
export async function writeReport(
  refinement: Refinement,
  place: Place,
  applied: readonly string[],
): Promise<Written> {
  const { paths, config, clock } = place;
  const folder = path.dirname(dataFolder(paths, config));
  return withLock(path.join(paths.opsDir, 'tickets.lock'), () => {
    const last = lastReport(folder);
    const changes = last === undefined ? undefined : changesSince(last.facts, factsOf(refinement));
    if (last !== undefined && changes === undefined && applied.length === 0)
      return { file: last.file, written: false };
    const now = clock();
    const taken = new Set(existsSync(folder) ? readdirSync(folder) : []);
    const file = path.join(folder, reportName(taken, now));
    writeFileAtomic(file, reportText(refinement, changes, now, applied));
    return { file, written: true };
  });
}
