import { type Features, has } from './features.ts';
import { type Roles, rolesExchanged, rolesOf } from './roles.ts';
import type { Vocabulary } from './vocabulary.ts';
import { imperativeTerms, kinds, opposites, termOf, wishTerms, workTerms } from './words.ts';

/** Whether the titles contradict each other, numbers apart: opposites, other kinds of one thing, exchanged roles, a prohibition. */
export function contradict(a: Features, b: Features, vocabulary: Vocabulary): boolean {
  const nameOf = (term: number): string => vocabulary.nameOf(term);
  if (related(a, b)) return true;
  if (contrasting(a, b, opposites, nameOf) || contrasting(a, b, kinds, nameOf)) return true;
  const [p, q] = [Array.from(a.phrase, nameOf), Array.from(b.phrase, nameOf)];
  return (
    oppositeVerbs(p, q) ||
    swapped(p, q) ||
    rolesExchanged(rolesIn(a, p, nameOf), rolesIn(b, q, nameOf)) ||
    forbids(p, q) ||
    forbids(q, p)
  );
}

function rolesIn({ title }: Features, phrase: readonly string[], nameOf: (term: number) => string): Roles {
  return rolesOf(phrase, new Set(Array.from(title, nameOf)));
}

/**
 * Somebody has put the two in a relation, and so has seen both: one names the other, or they are parts of one thing.
 */
export function related(a: Features, b: Features): boolean {
  if (a.links.includes(b.id) || b.links.includes(a.id)) return true;
  return a.parents.some((id) => b.parents.includes(id));
}

/** Titles with different words of one line of `table`. */
function contrasting(a: Features, b: Features, table: Table, nameOf: (term: number) => string): boolean {
  const mine = linesOf(a.title, table, nameOf);
  if (mine.size === 0) return false;
  for (const [line, terms] of linesOf(b.title, table, nameOf)) {
    const others = mine.get(line);
    if (others !== undefined && !terms.some((term) => others.includes(term))) return true;
  }
  return false;
}

/** Titles that begin with opposites, whatever else they say: `Archive projects`, `Restore archived projects`. */
function oppositeVerbs([mine = '']: readonly string[], [theirs = '']: readonly string[]): boolean {
  if (mine === theirs || !imperativeTerms.has(mine) || !imperativeTerms.has(theirs)) return false;
  const lines = opposites.get(theirs) ?? [];
  return (opposites.get(mine) ?? []).some((line) => lines.includes(line));
}

/** What nearly every ticket does; that it does so opposes nothing. */
const addTerm = termOf('add');

/** So many words at the beginning of a title say what is to be done. */
const HEAD = 2;

/** A title asks for one of two opposites, and the other ticket speaks of the other one only. */
export function opposed(a: Features, b: Features, nameOf: (term: number) => string): boolean {
  const mine = linesOf(a.title.subarray(0, HEAD), opposites, nameOf);
  if (mine.size === 0) return false;
  for (const [line, terms] of linesOf(b.all, opposites, nameOf)) {
    const others = mine.get(line);
    if (others === undefined || terms.every((term) => nameOf(term) === addTerm)) continue;
    if (!others.some((term) => has(b.all, term))) return true;
  }
  return false;
}

type Table = ReadonlyMap<string, readonly number[]>;

function linesOf(
  terms: Int32Array,
  table: Table,
  nameOf: (term: number) => string,
): Map<number, readonly number[]> {
  const found = new Map<number, number[]>();
  for (const term of terms)
    for (const line of table.get(nameOf(term)) ?? []) found.set(line, [...(found.get(line) ?? []), term]);
  return found;
}

const [removeTerm, replaceTerm] = [termOf('remove'), termOf('replace')];

/**
 * How many of the two titles ask for a certain kind of work that the other ticket does not speak of, where the other asks for work,
 * too. Who tells of a fault (`Too many notifications`) names no work.
 */
export function otherWork(
  a: Features,
  b: Features,
  vocabulary: Vocabulary,
  meets: (term: number, ticket: Features) => boolean,
): number {
  const nameOf = (term: number | undefined): string => (term === undefined ? '' : vocabulary.nameOf(term));
  const lonely = (one: Features, other: Features): boolean =>
    asks(other.phrase, nameOf) &&
    one.title.subarray(0, HEAD).some((term) => {
      const name = nameOf(term);
      if (!workTerms.has(name) || has(other.all, term) || meets(term, other)) return false;
      // What is replaced is removed.
      return name !== removeTerm || !other.title.some((theirs) => nameOf(theirs) === replaceTerm);
    });
  return Number(lonely(a, b)) + Number(lonely(b, a));
}

/** `Add …`, `… should …`; who tells of a fault says neither. */
function asks(phrase: Int32Array, nameOf: (term: number | undefined) => string): boolean {
  return imperativeTerms.has(nameOf(phrase[0])) || phrase.some((term) => wishTerms.has(nameOf(term)));
}

/** Two words of the title changed places and nothing else did: `client calls server`, `server calls client`. */
function swapped(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  const differing: number[] = [];
  for (let at = 0; at < a.length && differing.length < 3; at += 1) if (a[at] !== b[at]) differing.push(at);
  const [x = 0, y = 0] = differing;
  return (
    differing.length === 2 &&
    a[x] === b[y] &&
    a[y] === b[x] &&
    !a.slice(x, y).some((word) => word === 'and' || word === 'or')
  );
}

/** `Do not …`, `Never …`, `Stop …ing` of what the other title asks for. A fault that it tells of (`does not`) is none. */
function forbids(phrase: readonly string[], other: readonly string[]): boolean {
  const [first = '', second = '', third = ''] = phrase;
  const verb = prohibitions.has(first) ? second : first === 'do' && second === 'not' ? third : '';
  if (verb === '' || prohibitions.has(other[0] ?? '')) return false;
  return other.some((word, at) => word === verb && (at < 2 || asksFor.has(other[at - 1] ?? '')));
}

/** Words that a verb follows. */
const asksFor: ReadonlySet<string> = new Set(
  ['that', 'to', 'should', 'must', 'will', 'can', 'which'].map(termOf),
);
const prohibitions: ReadonlySet<string> = new Set(['dont', 'never', 'avoid', 'prevent', 'stop'].map(termOf));
