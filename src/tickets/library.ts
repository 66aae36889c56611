import { editSimpleFrontMatter } from './edit-front-matter-fast.ts';
import type { FieldValue } from './edit-front-matter-text.ts';
import { type FieldReader, parseTicket } from './parse.ts';
import type { Ticket } from './ticket.ts';

// The YAML library is loaded when front matter turns out not to be simple, and only then: it takes longer to load than a ticket
// to read or to edit.

interface Library {
  readonly readFields: FieldReader;
  readonly editFrontMatter: typeof lazyEdit;
}

let library: Library | undefined;

/** From here on nothing is thrown for want of it. */
export function useLibrary(loaded: Library): void {
  library = loaded;
}

/** Thrown through all that reads, up to `withLibrary`; nobody else may catch it. */
class LibraryNeeded extends Error {}

/**
 * Runs work that reads by `lazyFields` or edits by `lazyEdit`: once more from its beginning, with the library, where it has met
 * front matter that is not simple. It must have written nothing until it has read all that it reads.
 */
export async function withLibrary<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LibraryNeeded)) throw error;
  }
  const [{ readFields }, { editFrontMatter }] = await Promise.all([
    import('./front-matter.ts'),
    import('./edit-front-matter.ts'),
  ]);
  useLibrary({ readFields, editFrontMatter });
  return work();
}

/** As `readFields`, only inside `withLibrary`. */
export const lazyFields: FieldReader = (text, block, file) => loaded().readFields(text, block, file);

/** As `readTicketFile`, only inside `withLibrary`. */
export function lazyTicket(content: string | Uint8Array, file: string): Ticket {
  return parseTicket(content, file, lazyFields);
}

/** As `editFrontMatter`, only inside `withLibrary`. */
export function lazyEdit(text: string, edits: Readonly<Record<string, FieldValue>>, file = 'ticket'): string {
  return editSimpleFrontMatter(text, edits, file) ?? loaded().editFrontMatter(text, edits, file);
}

function loaded(): Library {
  if (library === undefined) throw new LibraryNeeded('the YAML library is needed, outside of withLibrary');
  return library;
}
