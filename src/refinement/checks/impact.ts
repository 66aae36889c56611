import type { Finding } from '../../tickets/finding.ts';
import type { Ticket } from '../../tickets/ticket.ts';
import { found, isUntouched } from '../open-tickets.ts';
import { isTestFile } from '../test-file.ts';
import { normal } from '../world.ts';
import type { Study } from './study.ts';

/** What a change of a ticket's files reaches. For the eye: a wide one is no mistake. */
export interface Impact {
  readonly id: string;
  /** Files outside the ticket that import one of its files; tests are counted apart. */
  readonly direct: readonly string[];
  /** How many files import one of those, directly or through others. */
  readonly indirect: number;
  /** Tests that reach one of its files by imports. */
  readonly tests: readonly string[];
}

/** The files that import the ticket's, breadth first. */
export function impactOf(ticket: Ticket, { facts, world }: Pick<Study, 'facts' | 'world'>): Impact {
  const isTest = (file: string): boolean => isTestFile(file, world.config);
  const own = ticket.affectedFiles.map(({ path: file }) => normal(file) ?? file);
  const seen = new Set(own);
  const direct: string[] = [];
  const tests: string[] = own.filter(isTest);
  let indirect = 0;
  let ring: readonly string[] = own;
  for (let depth = 1; ring.length > 0; depth += 1) {
    const next: string[] = [];
    for (const file of ring)
      for (const importer of facts.importers(file)) {
        if (seen.has(importer)) continue;
        seen.add(importer);
        next.push(importer);
        if (isTest(importer)) tests.push(importer);
        else if (depth === 1) direct.push(importer);
        else indirect += 1;
      }
    ring = next;
  }
  return { id: ticket.id, direct: sorted(direct), indirect, tests: sorted(tests) };
}

/** Most tickets reach nothing: ten thousand of them share one empty list. */
function sorted(files: string[]): readonly string[] {
  return files.length > 0 ? files.sort() : none;
}

const none: readonly string[] = [];

/** `3 directly, 12 indirectly`, as people read it. */
export function impactText({ direct, indirect, tests }: Impact): string {
  const shown = tests.slice(0, 3).join(', ') + (tests.length > 3 ? ` and ${tests.length - 3} more` : '');
  return `reaches ${direct.length} files directly, ${indirect} indirectly; tests: ${shown || 'none'}`;
}

/** Files that would be left with an import of nothing. */
export function impact(ticket: Ticket, { facts, world }: Study): Finding[] {
  if (!isUntouched(ticket)) return [];
  const own = new Set(ticket.affectedFiles.map(({ path: file }) => normal(file) ?? file));
  return ticket.affectedFiles.flatMap(({ path: file, action, line }) => {
    const plain = normal(file) ?? file;
    if (action !== 'delete' || !world.has(plain)) return [];
    const left = facts.importers(plain).filter((one) => !own.has(one));
    if (left.length === 0) return [];
    return [
      found(ticket, { code: 'impact-importer-left', severity: 'warning' }, line, {
        message: `${file} is to be deleted, and ${left.slice(0, 3).join(', ')}${left.length > 3 ? ` and ${left.length - 3} more` : ''} import it`,
        fix: `add ${left.length === 1 ? 'that file' : 'those files'} to Affected Files`,
      }),
    ];
  });
}
