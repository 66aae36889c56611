import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type DuplicateOptions, duplicatePairs } from '../../../src/refinement/duplicates.ts';
import { readTicketFile } from '../../../src/tickets/file.ts';
import type { Ticket } from '../../../src/tickets/ticket.ts';

interface Written {
  /** Title. */
  readonly t: string;
  /** Description. */
  readonly d?: string;
  /** Acceptance criteria. */
  readonly c?: readonly string[];
  /** Affected files. */
  readonly f?: readonly string[];
}

/** A group of labelled tickets: those of `same` are duplicates of each other, those of `different` of nothing. */
interface Group {
  /** What a report calls it, in files whose groups are single pairs. */
  readonly id?: string;
  readonly same: readonly Written[];
  readonly different?: readonly Written[];
}

/** A file of labelled tickets. */
export type LabelledFile = 'tuning' | 'held-out' | 'tuning-bodies' | 'held-out-bodies' | 'independent';

/** Labelled tickets as one backlog. */
export interface Labelled {
  readonly tickets: readonly Ticket[];
  /** `FEAT-001 FEAT-002` for each pair that is one. */
  readonly duplicates: ReadonlySet<string>;
  /** Pairs inside a group that look alike and are none. */
  readonly traps: readonly (readonly [Ticket, Ticket])[];
}

/** The groups of a file. It is ours; its shape is held by the counts that the tests ask for. */
function groupsOf(file: LabelledFile): readonly Group[] {
  return parse(readFileSync(new URL(`${file}.yaml`, import.meta.url), 'utf8'));
}

/** The file that a group with bodies belongs to: by a digest, so that nobody chooses what is held out. */
function fileFor({ same, different = [] }: Group): LabelledFile {
  const [first] = [...same, ...different];
  const digest = createHash('sha256')
    .update(first?.t ?? '')
    .digest();
  return (digest[0] ?? 0) % 2 === 0 ? 'tuning-bodies' : 'held-out-bodies';
}

/** The groups of a file that the digest would have put into the other one. */
export function misplacedIn(file: LabelledFile): readonly Group[] {
  return groupsOf(file).filter((group) => fileFor(group) !== file);
}

export function readLabelled(...files: readonly LabelledFile[]): Labelled {
  const groups = files.flatMap(groupsOf);
  const tickets: Ticket[] = [];
  const duplicates = new Set<string>();
  const traps: (readonly [Ticket, Ticket])[] = [];
  for (const { same, different = [] } of groups) {
    const made = [...same, ...different].map((one) => {
      const ticket = ticketOf(one, `FEAT-${String(tickets.length + 1).padStart(3, '0')}`);
      tickets.push(ticket);
      return ticket;
    });
    for (const [y, b] of made.entries())
      for (const a of made.slice(0, y))
        if (y < same.length) duplicates.add(`${a.id} ${b.id}`);
        else traps.push([a, b]);
  }
  return { tickets, duplicates, traps };
}

export function ticketOf({ t, d = '', c = [], f = [] }: Written, id: string): Ticket {
  const rows = f.map((file) => `| ${file} | modify | |`);
  const boxes = c.map((text, index) => `- [ ] AC-${index + 1}: ${text}`);
  const text = [
    `---\nid: ${id}\ntitle: ${JSON.stringify(t)}\nstatus: pending\npriority: medium\n---\n\n# ${id}: ${t}\n`,
    `## Description\n\n${d}\n`,
    `## Affected Files\n\n| File | Action | Description |\n| --- | --- | --- |\n${rows.join('\n')}\n`,
    `## Acceptance Criteria\n\n${boxes.join('\n')}\n`,
    '## Test Strategy\n\n- test: "should work when it is called" → verifies AC-1\n',
  ].join('\n');
  return readTicketFile(text, `/backlog/data/pending/${id}.md`);
}

export interface Quality {
  readonly precision: number;
  readonly recall: number;
  /** What was said wrongly and what was missed, for reading. */
  readonly wrong: readonly string[];
  readonly missed: readonly string[];
}

/** How well the search does over labelled tickets as one backlog: every pair that it names counts, also across groups. */
export function qualityOver(labelled: Labelled, options: DuplicateOptions = {}): Quality {
  const title = new Map(labelled.tickets.map((ticket) => [ticket.id, ticket.title]));
  const told = (pair: string): string =>
    pair
      .split(' ')
      .map((id) => title.get(id) ?? id)
      .join(' | ');
  const pairs = duplicatePairs(labelled.tickets, options).map(({ a, b }) => [a, b].sort().join(' '));
  const right = pairs.filter((pair) => labelled.duplicates.has(pair));
  return {
    precision: right.length / pairs.length,
    recall: right.length / labelled.duplicates.size,
    wrong: pairs.filter((pair) => !labelled.duplicates.has(pair)).map(told),
    missed: [...labelled.duplicates].filter((pair) => !pairs.includes(pair)).map(told),
  };
}
