import type { Ticket } from './ticket.ts';

/** How much a ticket asks of whoever implements it; decides pipeline, model tier and number of tests. */
export const complexities = ['trivial', 'simple', 'complex'] as const;
export type Complexity = (typeof complexities)[number];

export interface Classification {
  readonly complexity: Complexity;
  /** The rule that decided, in words. */
  readonly reasons: readonly string[];
  /** What was ignored, such as an unknown word in `complexity`. */
  readonly warnings: readonly string[];
}

/** The parts of a ticket that its complexity follows from. */
export interface Classified extends Pick<Ticket, 'prefix' | 'tags' | 'dependsOn'> {
  /** Paths, each once: front matter and table together. */
  readonly files: readonly string[];
  /** `complexity` as it stands in the front matter; anything. */
  readonly stated: unknown;
}

/** Tags, and prefixes of ids, whose tickets are never small. */
const heavyTags: ReadonlySet<string> = new Set(['ARCH', 'SECURITY', 'SEC']);
const heavyPrefixes: ReadonlySet<string> = new Set(['SEC', 'SECURITY']);

/** Most files of a trivial and of a simple ticket. */
const TRIVIAL_FILES = 1;
const SIMPLE_FILES = 3;

/** The first rule that fits decides: stated, heavy tag or prefix, dependencies, number of files. */
export function classify(ticket: Classified): Classification {
  const stated = complexities.find((one) => one === ticket.stated);
  const warnings =
    stated === undefined && isStated(ticket.stated)
      ? [`complexity ${JSON.stringify(ticket.stated)} is none of ${complexities.join(', ')}; ignored`]
      : [];
  const answer = (complexity: Complexity, reason: string): Classification => ({
    complexity,
    reasons: [reason],
    warnings,
  });
  if (stated !== undefined) return answer(stated, 'the ticket says so');
  const tag = ticket.tags.find((one) => heavyTags.has(one.toUpperCase()));
  if (tag !== undefined) return answer('complex', `tag ${tag}`);
  if (heavyPrefixes.has(ticket.prefix.toUpperCase())) return answer('complex', `prefix ${ticket.prefix}`);
  if (ticket.dependsOn.length > 0) return answer('complex', `depends on ${ticket.dependsOn.join(', ')}`);
  const count = ticket.files.length;
  const files = `${count} affected ${count === 1 ? 'file' : 'files'}`;
  if (count <= TRIVIAL_FILES) return answer('trivial', files);
  return answer(count <= SIMPLE_FILES ? 'simple' : 'complex', files);
}

/** A ticket as `classify` takes it. */
export function classifyTicket(ticket: Ticket): Classification {
  return classify({
    prefix: ticket.prefix,
    tags: ticket.tags,
    dependsOn: ticket.dependsOn,
    files: ticket.affectedFiles.map((file) => file.path),
    stated: ticket.fields.complexity,
  });
}

/** What a file that cannot be read counts as: nobody knows how much it asks, so it is not made light of. */
export function unreadable(why: string): Classification {
  return { complexity: 'complex', reasons: [`cannot be read: ${why}`], warnings: [] };
}

function isStated(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}
