import { sha256 } from '../platform/ids.ts';
import { ownText } from '../platform/own-text.ts';
import type { Finding } from '../tickets/finding.ts';
import type { Ticket } from '../tickets/ticket.ts';

let last: { readonly text: string; readonly digest: string } | undefined;

/**
 * SHA-256 of a ticket's whole text: whoever reads it again knows whether it is the one that was looked at. Of the last one it is
 * kept, for the next who asks.
 */
export function digestOf({ text }: Pick<Ticket, 'text'>): string {
  if (last?.text !== text) last = { text, digest: sha256(text) };
  return last.digest;
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
