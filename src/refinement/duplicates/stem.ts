import { irregular } from './irregular.ts';

/**
 * The stem of a lower-case English word, the same for its forms and near derivations: plurals, irregular forms (`sent`), British
 * spelling (`optimise`, `colour`), `-ing`, `-ed`, `-ation`, `-ion`, `-ment`, `-able`, `-ability`, `-er`, `-ly`, `-ness` and a last `e`.
 * Lighter than Porter's: two words that mean different work are rather kept apart than joined.
 */
export function stem(word: string): string {
  const base = irregular.get(word) ?? word;
  if (base.length < 4 || !/^[a-z]+$/.test(base)) return base;
  return withoutLastVowel(withoutSuffix(american(singular(base))));
}

/** `optimisation` as `optimization`, `behaviour` as `behavior`. Words that have no other spelling change as well, all of their forms. */
function american(word: string): string {
  return word
    .replace(/^(.{3,})is(e|ed|ing|er|ation)$/, '$1iz$2')
    .replace(/^(col|behavi|fav|hon|neighb|lab|flav|rum|harb)our/, '$1or')
    .replace(/logue$/, 'log');
}

function singular(word: string): string {
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(?:ss|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  if (word.endsWith('s') && !/(?:ss|us|is)$/.test(word)) return word.slice(0, -1);
  return word;
}

/** Longest first; each with the fewest letters that have to stay. */
const suffixes: readonly (readonly [suffix: string, least: number])[] = [
  ['ability', 4],
  ['ibility', 4],
  ['ization', 4],
  ['izing', 4],
  ['ized', 4],
  ['ation', 4],
  ['ating', 4],
  ['ated', 4],
  ['ness', 4],
  ['able', 4],
  ['ible', 4],
  ['ment', 4],
  ['ate', 4],
  ['ing', 3],
  ['ful', 4],
  ['ion', 4],
  ['ize', 4],
  ['er', 5],
  ['ly', 4],
  ['ed', 3],
];

function withoutSuffix(word: string): string {
  // `removal`, `renewal`, `arrival`, `refusal`.
  if (word.length > 5 && /(?:ov|ew|iv|us)al$/.test(word)) return word.slice(0, -2);
  // `consistency`, `redundancy`.
  if (word.length > 8 && (word.endsWith('ancy') || word.endsWith('ency'))) return `${word.slice(0, -2)}t`;
  if (word.endsWith('ically')) return word.slice(0, -4);
  for (const [suffix, least] of suffixes) {
    if (!word.endsWith(suffix)) continue;
    const rest = word.slice(0, -suffix.length);
    if (rest.length < least || !/[aeiouy]/.test(rest)) continue;
    if (suffix === 'ion' && !/[st]$/.test(rest)) continue;
    return suffix === 'ing' || suffix === 'ed' ? withoutAgent(undoubled(rest)) : rest;
  }
  return word;
}

/** `deliver` loses its end, so `delivered` does. */
function withoutAgent(word: string): string {
  return word.length > 6 && word.endsWith('er') ? word.slice(0, -2) : word;
}

/** `stopp` of `stopped`; `call`, `pass` and `buzz` keep both letters. */
function undoubled(word: string): string {
  return /([^aeioulsz])\1$/.test(word) ? word.slice(0, -1) : word;
}

function withoutLastVowel(word: string): string {
  if (word.length > 3 && word.endsWith('e')) return word.slice(0, -1);
  return word.endsWith('y') && word.length > 3 ? `${word.slice(0, -1)}i` : word;
}
