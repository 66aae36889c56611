import { type Fields, type ForeignTicket, foreign, isFields, word, words } from './foreign.ts';

/** A ticket as this program exports it: the front matter as values, and the body as it is. */
export interface OwnTicket {
  readonly fields: Fields;
  readonly body: string;
}

/** What another backlog of ours says of a ticket; its front matter and body are taken over as they are. */
export function ownTicket({ fields, body }: OwnTicket, place: string): ForeignTicket {
  return foreign({
    id: word(fields.id),
    place,
    title: word(fields.title),
    status: word(fields.status),
    priority: word(fields.priority),
    labels: words(fields.tags),
    dependsOn: words(fields.depends_on),
    own: { fields, body },
  });
}

const OPEN = '<!-- backlog-toolkit ';
const CLOSE = ' -->\n';

/** Front matter as a comment in front of a body, where the form has no place for it; `>` cannot end the comment. */
export function withMark(fields: Fields, body: string): string {
  return `${OPEN}${JSON.stringify(fields).replaceAll('>', '\\u003e').replaceAll('--', '\\u002d-')}${CLOSE}${body}`;
}

/** The front matter in a body that {@link withMark} made. */
export function marked(text: string): OwnTicket | undefined {
  if (!text.startsWith(OPEN)) return undefined;
  const end = text.indexOf(CLOSE);
  if (end < 0) return undefined;
  try {
    const fields: unknown = JSON.parse(text.slice(OPEN.length, end));
    return isFields(fields) ? { fields, body: text.slice(end + CLOSE.length) } : undefined;
  } catch {
    return undefined;
  }
}
