import path from 'node:path';
import type { OnLost } from '../tickets/listing.ts';
import type { BrokenTicket } from '../tickets/ticket.ts';
import type { Io } from './io.ts';

/** Tickets that were listed and could not be read any more when their turn came: none is left out in silence. */
export class Lost {
  readonly #io: Pick<Io, 'note' | 'cwd'>;
  readonly #was: string;
  readonly #gone = new Set<string>();
  readonly #broken = new Map<string, BrokenTicket>();

  /** @param was what has not become of them: `checked` */
  constructor(io: Pick<Io, 'note' | 'cwd'>, was: string) {
    this.#io = io;
    this.#was = was;
  }

  /** May be told of a ticket more than once. */
  readonly add: OnLost = (file, broken) => {
    if (broken === undefined) this.#gone.add(file);
    else this.#broken.set(file, broken);
  };

  /** Notes those that have gone; call it when no bar is on the screen. @returns the broken ones */
  told(): readonly BrokenTicket[] {
    for (const file of this.#gone) {
      const name = path.relative(this.#io.cwd, file);
      this.#io.note(`note: ${name} has gone since the tickets were listed, and was not ${this.#was}`);
    }
    return [...this.#broken.values()];
  }
}
