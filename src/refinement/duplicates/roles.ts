import { termOf } from './words.ts';

/** What a title says of direction and order, as terms: `convert CSV to JSON` has the target JSON and CSV beside it. */
export interface Roles {
  /** What something comes from, what is replaced or taken away. */
  readonly source: ReadonlySet<string>;
  /** What something goes to or becomes. */
  readonly target: ReadonlySet<string>;
  readonly earlier: ReadonlySet<string>;
  readonly later: ReadonlySet<string>;
  /** The words that stand in none of these. */
  readonly rest: ReadonlySet<string>;
}

type Role = 'source' | 'target' | 'earlier' | 'later' | 'rest';

/** What follows one of these words has the role. */
const followed: ReadonlyMap<string, Role> = new Map([
  ['from', 'source'],
  ['to', 'target'],
  ['into', 'target'],
  ['onto', 'target'],
  [termOf('before'), 'later'],
  ['after', 'earlier'],
]);

const replaceTerm = termOf('replace');
const beforeTerm = termOf('before');
const removeTerm = termOf('remove');

/** Reads the roles off the words of a title in order. `said`: its words that are no function words. */
export function rolesOf(phrase: readonly string[], said: ReadonlySet<string>): Roles {
  const found: Record<Role, Set<string>> = {
    source: new Set(),
    target: new Set(),
    earlier: new Set(),
    later: new Set(),
    rest: new Set(),
  };
  const replaces = phrase.includes(replaceTerm);
  let role: Role = 'rest';
  let last: string | undefined;
  for (const [at, word] of phrase.entries()) {
    if (word === replaceTerm || word === removeTerm) role = 'source';
    else if (replaces && (word === 'with' || word === 'by')) role = 'target';
    else if (word === 'of' && phrase[at - 1] === 'instead') role = 'source';
    else if (word === beforeTerm && last !== undefined) {
      found.earlier.add(last);
      role = 'later';
    } else if (word === 'after' && last !== undefined) {
      found.later.add(last);
      role = 'earlier';
    } else if (word === 'first' && at === phrase.length - 1 && last !== undefined) found.earlier.add(last);
    else if (word === 'to' && infinitive.has(phrase[at - 1] ?? '')) role = 'rest';
    else if (followed.has(word)) role = followed.get(word) ?? 'rest';
    else if (said.has(word)) {
      found[role].add(word);
      last = word;
    } else if (preposition.has(word)) role = 'rest';
  }
  return found;
}

/** After one of these `to` goes with a verb: `able to print`, `how to restore`. */
const infinitive: ReadonlySet<string> = new Set([
  ...'able unable how has have had need needs want wants fail fails try tries used supposed allowed expected ought like is are be'
    .split(' ')
    .map(termOf),
  ...'able unable how has have had need needs want wants is are be'.split(' '),
]);

const preposition: ReadonlySet<string> = new Set(
  'in on at for with by when while if of over under'.split(' '),
);

/** Whether two titles give the same things opposite roles. */
export function rolesExchanged(a: Roles, b: Roles): boolean {
  return (
    (meet(a.source, b.target) && !meet(a.source, b.source)) ||
    (meet(a.target, b.source) && !meet(a.target, b.target)) ||
    (meet(a.earlier, b.later) && !meet(a.earlier, b.earlier)) ||
    (meet(a.later, b.earlier) && !meet(a.later, b.later)) ||
    (meet(a.target, b.rest) && meet(b.target, a.rest)) ||
    (meet(a.source, b.rest) && meet(b.source, a.rest))
  );
}

function meet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const one of a) if (b.has(one)) return true;
  return false;
}
