// Names of files as one text, which a regular expression goes through at once: a call for each of ten thousand names takes longer
// than all else that a command about one ticket does.

/** No name of a file has it. */
export const BETWEEN = '\0';

const texts = new WeakMap<readonly string[], { readonly count: number; readonly text: string }>();

/** The names, each between two `BETWEEN`; made once for each list, and anew for one that has grown. None may take another's place. */
export function textOfNames(names: readonly string[]): string {
  const known = texts.get(names);
  if (known?.count === names.length) return known.text;
  const text = `${BETWEEN}${names.join(BETWEEN)}${BETWEEN}`;
  texts.set(names, { count: names.length, text });
  return text;
}

/** A word as a regular expression that finds it. */
export function literally(word: string): string {
  return word.replaceAll(/[^A-Za-z0-9]/g, '\\$&');
}

/**
 * The last of the names that end so, the last one first.
 * @param most no more than so many
 * @param fits whether one of them counts
 */
export function namesEndingIn(
  end: string,
  names: readonly string[],
  most: number,
  fits: (name: string) => boolean,
): string[] {
  const text = textOfNames(names);
  const found: string[] = [];
  let at = text.lastIndexOf(`${end}${BETWEEN}`);
  while (at > 0 && found.length < most) {
    const begin = text.lastIndexOf(BETWEEN, at - 1) + BETWEEN.length;
    const name = text.slice(begin, at + end.length);
    if (fits(name)) found.push(name);
    at = text.lastIndexOf(`${end}${BETWEEN}`, begin - 1);
  }
  return found;
}
