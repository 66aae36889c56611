import { stopStems, termOf, withPhrases } from './words.ts';

/** One word of a text, normalised. */
export interface Term {
  /** What it counts as. */
  readonly term: string;
  /** As it stands in the text, in lower case. */
  readonly word: string;
  /** `function`: a word without a subject, kept for the order of words. */
  readonly kind: 'word' | 'number' | 'function';
}

/** Longest text of one field that is read, characters: what two tickets share stands before that. */
const MOST_CHARACTERS = 8_000;
/** Longer runs of letters are data, not words. */
const LONGEST_WORD = 48;

const numberWords: ReadonlyMap<string, string> = new Map([
  ...'zero one two three four five six seven eight nine ten eleven twelve'
    .split(' ')
    .map((word, index): [string, string] => [word, String(index)])
    .filter(([word]) => word !== 'one'),
  ['twenty', '20'],
  ['thirty', '30'],
  ['forty', '40'],
  ['fifty', '50'],
  ['hundred', '100'],
  ['thousand', '1000'],
]);

/**
 * The words of a text in order: NFKC, without marks on letters, lower case, identifiers and paths split into their words
 * (`getUserById`, `get_user_by_id`), stems, synonyms. Numbers and names with numbers (`v2`, `e1042`) stay whole.
 */
export function termsOf(text: string): Term[] {
  return wordsOf(text).flatMap(termsOfWord);
}

/** What one word of {@link wordsOf} counts as; none for data, several in scripts that put no spaces between words. */
export function termsOfWord(word: string): Term[] {
  if (word.length > LONGEST_WORD) return [];
  if (/\d/.test(word)) return [{ term: word.replace(/^(v?)0+(?=\d)/, '$1'), word, kind: 'number' }];
  const number = numberWords.get(word);
  if (number !== undefined) return [{ term: number, word, kind: 'number' }];
  if (unspaced.test(word) && word.length > 2)
    return Array.from({ length: word.length - 1 }, (_, at): Term => {
      const pair = word.slice(at, at + 2);
      return { term: pair, word: pair, kind: 'word' };
    });
  const term = termOf(word);
  return [{ term, word, kind: stopStems.has(term) || stopStems.has(word) ? 'function' : 'word' }];
}

/** Scripts that put no spaces between words: pairs of characters stand for them. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/** The words of a text in order, in lower case, identifiers split, phrases joined. */
export function wordsOf(text: string): readonly string[] {
  const cut = text.length > MOST_CHARACTERS ? text.slice(0, MOST_CHARACTERS) : text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
  const ascii = /^[\u0000-\u007f]*$/.test(cut);
  const plain = ascii
    ? cut
    : cut
        .normalize('NFKD')
        .replaceAll(/\p{Mn}|(?<=\p{L})’(?=\p{L})/gu, '')
        .normalize('NFC');
  const joined = plain.includes("'") ? plain.replaceAll(/([a-z])'([a-z])/g, '$1$2') : plain;
  const lower = (parted.test(joined) ? partsOf(joined) : joined).toLowerCase();
  const split = attached.test(lower) ? detached(lower) : lower;
  return withPhrases(split.match(ascii ? /\d+(?:\.\d+)+|[a-z0-9]+/g : /\d+(?:\.\d+)+|[\p{L}\p{N}]+/gu) ?? []);
}

/** What identifiers of several words have; a look for it costs less than to divide a text that has none. */
const parted = /[a-z][A-Z]|[A-Z]{2}[a-z]/;

function partsOf(text: string): string {
  return text.replaceAll(/(?<=[a-z])(?=[A-Z][a-z])/g, ' ').replaceAll(/(?<=[A-Z])(?=[A-Z][a-z]{2})/g, ' ');
}

const units = 'ms|sec|min|kb|mb|gb|tb|kib|mib|gib|px';
const products =
  'pg|postgres|mysql|mariadb|redis|mongodb|node|python|py|php|ruby|java|jdk|react|vue|angular|django|rails|laravel|ubuntu|debian|ios|android|windows';

/** `8mb`, `pg13`, `v14`, `v1.2`: a number in one word with its unit, product or sign. A lone digit (`v2`) is the name of an interface. */
const attached = new RegExp(`\\d(?:${units})\\b|\\b(?:(?:${products})\\d|v(?:\\d\\d|\\d+\\.\\d))`);
const unitOf = new RegExp(`(\\d)(${units})\\b`, 'g');
const versionOf = new RegExp(`\\b(${products})(\\d+(?:\\.\\d+)*)\\b`, 'g');

function detached(text: string): string {
  return text
    .replaceAll(unitOf, '$1 $2')
    .replaceAll(versionOf, '$1 $2')
    .replaceAll(/\bv(?=\d\d|\d+\.\d)/g, '');
}
