/** Collects the lines of several streams in bounded memory: the beginning and the end are kept, the middle is left out. */
export class BoundedText {
  readonly #headLimit: number;
  readonly #tailLimit: number;
  readonly #head: Buffer[] = [];
  #headSize = 0;
  readonly #tail: Buffer[] = [];
  #tailSize = 0;
  #dropped = 0;

  /** @param limit most bytes that are kept; an eighth of them is the beginning */
  constructor(limit: number) {
    this.#headLimit = Math.floor(limit / 8);
    this.#tailLimit = limit - this.#headLimit;
  }

  /** One writer a stream, so that lines of two streams never run into each other. */
  writer(): { write(chunk: Buffer): void; end(): void } {
    let partial: Buffer[] = [];
    let partialSize = 0;
    const flush = (): void => {
      for (const piece of partial) this.#add(piece);
      partial = [];
      partialSize = 0;
    };
    return {
      write: (chunk) => {
        const cut = chunk.lastIndexOf(0x0a) + 1;
        if (cut > 0) {
          flush();
          this.#add(chunk.subarray(0, cut));
        }
        if (cut < chunk.length) {
          partial.push(chunk.subarray(cut));
          partialSize += chunk.length - cut;
        }
        // A "line" of this length is no line.
        if (partialSize > 64 * 1024) flush();
      },
      end: flush,
    };
  }

  text(): string {
    const middle = this.#dropped > 0 ? [Buffer.from(`\n… ${this.#dropped} bytes left out …\n`)] : [];
    return Buffer.concat([...this.#head, ...middle, ...this.#tail]).toString('utf8');
  }

  #add(piece: Buffer): void {
    const room = this.#headLimit - this.#headSize;
    if (room > 0 && this.#tailSize === 0) {
      this.#head.push(Buffer.from(piece.subarray(0, room)));
      this.#headSize += Math.min(room, piece.length);
      if (piece.length > room) this.#add(piece.subarray(room));
      return;
    }
    this.#tail.push(Buffer.from(piece));
    this.#tailSize += piece.length;
    while (this.#tailSize > this.#tailLimit) {
      const first = this.#tail[0];
      if (first === undefined) return;
      const excess = Math.min(this.#tailSize - this.#tailLimit, first.length);
      if (excess === first.length) this.#tail.shift();
      else this.#tail[0] = first.subarray(excess);
      this.#tailSize -= excess;
      this.#dropped += excess;
    }
  }
}
