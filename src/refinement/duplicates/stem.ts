/**
 * The stem of a lower-case English word: plurals, `-ing`, `-ed`, `-ation`, `-ion`, `-ment`, `-er`, `-ly` and a last `e` go. Lighter
 * than Porter's: two words that mean different work are rather kept apart than joined.
 */
export function stem(word: string): string {
  if (word.length < 4 || !/^[a-z]+$/.test(word)) return word;
  return withoutLastVowel(withoutSuffix(singular(word)));
}

function singular(word: string): string {
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(?:ss|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  if (word.endsWith('s') && !/(?:ss|us|is)$/.test(word)) return word.slice(0, -1);
  return word;
}

/** Longest first; each with the fewest letters that have to stay. */
const suffixes: readonly (readonly [suffix: string, least: number])[] = [
  ['ization', 4],
  ['ation', 4],
  ['ating', 4],
  ['ated', 4],
  ['ment', 4],
  ['ate', 4],
  ['ing', 3],
  ['ion', 4],
  ['ize', 4],
  ['er', 5],
  ['ly', 4],
  ['ed', 3],
];

function withoutSuffix(word: string): string {
  for (const [suffix, least] of suffixes) {
    if (!word.endsWith(suffix)) continue;
    const rest = word.slice(0, -suffix.length);
    if (rest.length < least || !/[aeiouy]/.test(rest)) continue;
    if (suffix === 'ion' && !/[st]$/.test(rest)) continue;
    return suffix === 'ing' || suffix === 'ed' ? undoubled(rest) : rest;
  }
  return word;
}

/** `stopp` of `stopped`; `call`, `pass` and `buzz` keep both letters. */
function undoubled(word: string): string {
  return /([^aeioulsz])\1$/.test(word) ? word.slice(0, -1) : word;
}

function withoutLastVowel(word: string): string {
  if (word.length > 3 && word.endsWith('e')) return word.slice(0, -1);
  return word.endsWith('y') && word.length > 3 ? `${word.slice(0, -1)}i` : word;
}
