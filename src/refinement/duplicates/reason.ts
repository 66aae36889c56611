import type { Ticket } from '../../tickets/ticket.ts';
import { criteriaWithIds, ticketParts } from './parts.ts';
import { termsOf } from './terms.ts';
import { commonTerms } from './words.ts';

/** What two tickets share. */
export interface Reason {
  /** Words of the first ticket, as they are written there, at most eight, those of the titles first. */
  readonly terms: readonly string[];
  readonly files: readonly string[];
  /** Pairs of acceptance criteria, `AC-1 = AC-2`. */
  readonly criteria: readonly string[];
}

type Source = Pick<Ticket, 'title' | 'text' | 'fields'>;

const MOST_TERMS = 8;
/** Share of the words of the shorter criterion that makes two the same. */
const SAME_CRITERION = 0.7;
const MOST_CRITERIA = 20;

/** Why two tickets were paired; read anew from their texts, since few of them come so far. */
export function reasonFor(a: Source, b: Source): Reason {
  const [p, q] = [ticketParts(a), ticketParts(b)];
  const theirs = new Set(termsOf(`${b.title}\n${q.prose}\n${q.criteria.join('\n')}`).map(({ term }) => term));
  const terms = new Map<string, string>();
  for (const { term, word, kind } of termsOf(`${a.title}\n${p.prose}\n${p.criteria.join('\n')}`)) {
    if (terms.size >= MOST_TERMS) break;
    if (kind !== 'function' && theirs.has(term) && !commonTerms.has(term))
      terms.set(term, terms.get(term) ?? word);
  }
  return {
    terms: [...terms.values()],
    files: p.files.filter((file) => q.files.includes(file)),
    criteria: sharedCriteria(a, b),
  };
}

function sharedCriteria(a: Pick<Ticket, 'text'>, b: Pick<Ticket, 'text'>): string[] {
  const [mine, theirs] = [a, b].map((ticket) =>
    criteriaWithIds(ticket)
      .slice(0, MOST_CRITERIA)
      .map(({ id, text }) => ({ id, terms: new Set(plainTerms(text)) }))
      .filter(({ terms }) => terms.size > 1),
  );
  return (mine ?? []).flatMap((one) =>
    (theirs ?? [])
      .filter((other) => overlap(one.terms, other.terms) >= SAME_CRITERION)
      .map((other) => `${one.id || 'a criterion'} = ${other.id || 'a criterion'}`),
  );
}

function plainTerms(text: string): string[] {
  return termsOf(text)
    .filter(({ kind }) => kind !== 'function')
    .map(({ term }) => term);
}

function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const term of a) if (b.has(term)) shared += 1;
  return shared / Math.min(a.size, b.size);
}
