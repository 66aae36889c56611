import type { Finding } from '../tickets/finding.ts';

/**
 * A copy whose strings are its own. Parts of a ticket's text, and sentences with such parts in them, would keep the whole text
 * in memory for as long as they are used.
 * @param value what JSON can hold; keys without a value are left out
 */
export function ownText<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

/**
 * Findings without the texts that they are about: their messages are copies, each text once, since many tickets lack the same.
 * The file is that of the ticket as it was listed.
 */
export function findingKeeper(): (finding: Finding) => Finding {
  const texts = new Map<string, string>();
  const own = (text: string): string => {
    let known = texts.get(text);
    if (known === undefined) {
      known = ownText(text);
      texts.set(known, known);
    }
    return known;
  };
  return ({ code, severity, file, line, message, fix }) => ({
    code,
    severity,
    file,
    line,
    message: own(message),
    fix: own(fix),
  });
}
