/** So many characters are kept as one. */
const BLOCK = 256 * 1024;

/** A long text that has to wait: as bytes, in blocks, which take no more than they hold and which the collector need not move. */
export class HeldText {
  readonly #blocks: Buffer[] = [];
  #pieces: string[] = [];
  #length = 0;

  /** @param piece well-formed: half of a surrogate pair would be lost */
  add(piece: string): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length >= BLOCK) this.#close();
  }

  /** What was added, in order, joined to blocks; each is let go when it has been handed out. */
  *blocks(): Generator<string> {
    this.#close();
    for (let block = this.#blocks.shift(); block !== undefined; block = this.#blocks.shift())
      yield block.toString('utf8');
  }

  #close(): void {
    if (this.#length > 0) this.#blocks.push(Buffer.from(this.#pieces.join('')));
    this.#pieces = [];
    this.#length = 0;
  }
}
