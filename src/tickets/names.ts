// Names of files as one text, which a regular expression goes through at once: a call for each of ten thousand names takes longer
// than all else that a command about one ticket does.

/** No name of a file has it. */
export const BETWEEN = '\0';

const texts = new WeakMap<readonly string[], string>();

/** The names, each between two `BETWEEN`; made once for each list, which must not change any more. */
export function textOfNames(names: readonly string[]): string {
  let text = texts.get(names);
  if (text === undefined) {
    text = `${BETWEEN}${names.join(BETWEEN)}${BETWEEN}`;
    texts.set(names, text);
  }
  return text;
}

/** A word as a regular expression that finds it. */
export function literally(word: string): string {
  return word.replaceAll(/[^A-Za-z0-9]/g, '\\$&');
}
