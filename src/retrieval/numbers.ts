/** A list of unsigned 32-bit numbers that grows: a plain array of millions takes twice the memory and more. */
export class Numbers {
  #values = new Uint32Array(1024);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Uint32Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  /** What was pushed; a view, so nothing is to be pushed afterwards. */
  all(): Uint32Array {
    return this.#values.subarray(0, this.#length);
  }
}
