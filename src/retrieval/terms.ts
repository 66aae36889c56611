/** A word longer than this is data (a hash, an image as text), and nobody asks for it. */
const LONGEST_WORD = 64;

const word = /[\p{L}\p{N}_$]+/gu;
/** Parts of an identifier: `HTTPServer2` has `HTTP`, `Server` and `2`. */
const part = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{N}+|[\p{Lo}\p{Lm}\p{Lt}]+/gu;
/** Scripts that write no spaces: their runs are divided into pairs. */
const unspaced = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+$/u;

/** Terms of single words that were seen already: a project has few words, each many times. */
const known = new Map<string, readonly string[]>();
const MOST_KNOWN = 200_000;

/**
 * Calls `found` with each term of a text: the parts of its identifiers by camelCase, snake_case and digits, in lower case and
 * without English endings, and each identifier of more than one part as a whole.
 */
export function eachTerm(text: string, found: (term: string) => void): void {
  for (const match of text.matchAll(word)) for (const term of termsOfWord(match[0])) found(term);
}

export function termsOf(text: string): string[] {
  const terms: string[] = [];
  eachTerm(text, (term) => terms.push(term));
  return terms;
}

/** Terms of a question: each once, without the words that every question has. */
export function queryTerms(text: string): string[] {
  return [...new Set(termsOf(text))].filter((term) => !stopTerms.has(term));
}

function termsOfWord(whole: string): readonly string[] {
  const seen = known.get(whole);
  if (seen !== undefined) return seen;
  const terms = divided(whole).map((term) => Buffer.from(term, 'utf8').toString('utf8'));
  if (known.size >= MOST_KNOWN) known.clear();
  // A part of a text would keep the whole of it in memory.
  known.set(Buffer.from(whole, 'utf8').toString('utf8'), terms);
  return terms;
}

function divided(whole: string): readonly string[] {
  if (whole.length > LONGEST_WORD) return [];
  const parts = whole.match(part) ?? [];
  const terms = parts.flatMap((one) => (unspaced.test(one) ? pairs(one) : [stem(one.toLowerCase())]));
  return parts.length > 1 ? [...terms, whole.toLowerCase()] : terms;
}

function pairs(run: string): string[] {
  const letters = [...run];
  return letters.length < 2 ? letters : letters.slice(1).map((letter, index) => `${letters[index]}${letter}`);
}

/**
 * A word without its English ending, so that "refuses", "refused" and "refusing" meet. A light stemmer: it takes off plurals,
 * -ed, -ing, -ly and the commonest noun endings, and never leaves fewer than three letters.
 */
export function stem(term: string): string {
  if (term.length < 4 || !/^[a-z]+$/.test(term)) return term;
  let left = singular(term);
  for (const ending of endings) {
    if (!left.endsWith(ending) || left.length - ending.length < 3) continue;
    left = left.slice(0, -ending.length);
    break;
  }
  if (left.length > 3 && left.endsWith('i')) left = `${left.slice(0, -1)}y`;
  // "stopped" and "stop", "running" and "run"; "call" keeps its own.
  const last = left.at(-1) ?? '';
  if (left.length > 3 && left.at(-2) === last && !'lsz'.includes(last)) left = left.slice(0, -1);
  return left.length > 3 && left.endsWith('e') ? left.slice(0, -1) : left;
}

const endings = [
  'ations',
  'ation',
  'ments',
  'ment',
  'ings',
  'ing',
  'edly',
  'ed',
  'ions',
  'ion',
  'ors',
  'ers',
  'er',
  'or',
  'ly',
  'able',
];

function singular(term: string): string {
  if (term.endsWith('ies') && term.length > 4) return `${term.slice(0, -3)}y`;
  if (/(?:ss|sh|ch|x|z)es$/.test(term)) return term.slice(0, -2);
  return term.endsWith('s') && !/(?:ss|us|is)$/.test(term) ? term.slice(0, -1) : term;
}

/** Words of questions and sentences that say nothing about what is asked for. */
const stopTerms: ReadonlySet<string> = new Set(
  (
    'a an and any are as at be been being but by can could did do does doing done for from get gets had has have having how i ' +
    'if in into is it its just me my no nor not of off on once only or other our out over own same shall she should so some ' +
    'such than that the their them then there these they this those through to too under until up us very was we were what ' +
    'when where whether which while who whom whose why will with would you your find code file function program tell about ' +
    'happens happen happened place part thing somebody something someone one each'
  )
    .split(' ')
    .flatMap((text) => [text, stem(text)]),
);
