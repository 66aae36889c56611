/** So many bytes are taken at a time: a list that doubles holds up to three times what is in it while it grows. */
const SEGMENT = 1 << 20;
/** Most bytes of one posting: a number of 32 bits in pieces of seven, and the weight. */
const LONGEST = 6;

/**
 * How often each chunk has each of its terms, in the order of the chunks: two or three bytes a posting, where the numbers of terms
 * are small for the terms that were met first, which are those of most chunks.
 */
export class Postings {
  readonly #segments: Buffer[] = [];
  /** Where each segment ends. */
  readonly #ends: number[] = [];
  #open = Buffer.alloc(0);
  #at = 0;

  /** @param weight up to 255 */
  add(term: number, weight: number): void {
    if (this.#at + LONGEST > this.#open.length) this.#next();
    let rest = term;
    for (; rest > 0x7f; rest >>>= 7) this.#put((rest & 0x7f) | 0x80);
    this.#put(rest);
    this.#put(weight);
  }

  /** Calls `found` with each posting, in the order in which they were added. */
  each(found: (term: number, weight: number) => void): void {
    if (this.#segments.length > 0) this.#ends[this.#segments.length - 1] = this.#at;
    for (const [index, segment] of this.#segments.entries()) {
      const end = this.#ends[index] ?? 0;
      for (let at = 0; at < end; at += 1) {
        let term = 0;
        for (let shift = 0, more = true; more; shift += 7, at += 1) {
          const byte = segment[at] ?? 0;
          term |= (byte & 0x7f) << shift;
          more = byte > 0x7f;
        }
        found(term, segment[at] ?? 0);
      }
    }
  }

  #put(byte: number): void {
    this.#open[this.#at] = byte;
    this.#at += 1;
  }

  #next(): void {
    if (this.#segments.length > 0) this.#ends[this.#segments.length - 1] = this.#at;
    this.#open = Buffer.allocUnsafeSlow(SEGMENT);
    this.#segments.push(this.#open);
    this.#at = 0;
  }
}
