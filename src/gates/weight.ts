import { matchesAny } from '../platform/globs.ts';
import { defaultTestFiles } from '../project/test-files.ts';
import { type Classified, type Complexity, classify, complexities } from '../tickets/classify.ts';
import type { Ticket } from '../tickets/ticket.ts';
import type { ChangedFile } from './changed-file.ts';
import type { EvidenceLine } from './evidence.ts';

/** What says how much a ticket's change is to be tested and reviewed. */
export interface Weighed {
  readonly ticket: Ticket;
  /** The ticket as it was committed before its work began; `undefined` when it was not. */
  readonly committed: Ticket | undefined;
  readonly lines: readonly EvidenceLine[];
  readonly files: readonly Pick<ChangedFile, 'path'>[];
}

/**
 * A ticket's complexity, as those who work on it cannot lower it: a `complexity` below what tags, dependencies and files say counts
 * only when it was committed before the work began, and what a plan found stays.
 */
export function complexityOf({ ticket, committed, lines, files }: Weighed): Complexity {
  const planned = plansOf(lines).flatMap(({ complexity }) =>
    complexities.filter((one) => one === complexity),
  );
  return heaviest([...planned, statedOrFound(ticket, committed, files)]);
}

/** Tags that count: also those that were taken off since the ticket was committed, or planned. */
export function tagsOf({ ticket, committed, lines }: Omit<Weighed, 'files'>): string[] {
  const planned = plansOf(lines).flatMap(({ tags }) => (Array.isArray(tags) ? tags.map(String) : []));
  return [...new Set([...ticket.tags, ...(committed?.tags ?? []), ...planned])];
}

const testFiles = defaultTestFiles('');

function statedOrFound(ticket: Ticket, committed: Ticket | undefined, files: Weighed['files']): Complexity {
  // Tests that the gates themselves ask for make no ticket heavier; any stack's habits do, as this excuses no code.
  const changed = files.filter(({ path }) => !matchesAny(path, testFiles));
  const facts: Omit<Classified, 'stated'> = {
    prefix: ticket.prefix,
    tags: [...ticket.tags, ...(committed?.tags ?? [])],
    dependsOn: ticket.dependsOn,
    // What is changed is told from the worktree's root, what is planned from the project's: the longer list counts.
    files: (changed.length > ticket.affectedFiles.length ? changed : ticket.affectedFiles).map(
      (file) => file.path,
    ),
  };
  const found = classify({ ...facts, stated: undefined }).complexity;
  const stated = classify({ ...facts, stated: ticket.fields.complexity }).complexity;
  if (heaviest([stated, found]) === stated) return stated;
  const before = classify({ ...facts, stated: committed?.fields.complexity }).complexity;
  return heaviest([stated, before]);
}

/** The details of every plan that passed. */
function plansOf(lines: readonly EvidenceLine[]): Readonly<Record<string, unknown>>[] {
  return lines.flatMap(({ record }) =>
    record.gate === 'plan' && record.result === 'pass' && record.details !== undefined
      ? [record.details]
      : [],
  );
}

function heaviest(all: readonly Complexity[]): Complexity {
  return complexities.findLast((one) => all.includes(one)) ?? 'complex';
}
